// SPDX-License-Identifier: GPL-3.0-or-later
// palette.ts - the colours that canvases draw with, read from the style sheet so that there is one place for them.

import { STATES, type State } from "../model/state";

export interface Palette {
  state: Record<State, string>;
  paper: string;
  text: string;
  muted: string;
  land: string;
  border: string;
  street: string;
  link: string;
  coverage: readonly [string, string, string]; // good, fair, weak
  line: readonly [string, string, string];
  grid: string;
  gap: string;
  smoke: string; // translucent: bands darken where they overlap
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(`--nw-${name}`).trim();
  return {
    state: Object.fromEntries(STATES.map((state) => [state, value(state)])) as Record<State, string>,
    paper: value("paper"),
    text: value("text"),
    muted: value("muted"),
    land: value("land"),
    border: value("district-border"),
    street: value("street"),
    link: value("link"),
    coverage: [value("coverage-good"), value("coverage-fair"), value("coverage-weak")],
    line: [value("line-1"), value("line-2"), value("line-3")],
    grid: value("grid"),
    gap: value("gap"),
    smoke: value("smoke"),
  };
}
