// SPDX-License-Identifier: GPL-3.0-or-later
// state.ts - the five states of lib/model/state_list.h, their order of urgency and their shapes. Pure.
// A state is never shown by colour alone: each has a shape of its own, and text beside it.

export const STATES = ["unusable", "degraded", "unknown", "maintenance", "usable"] as const;
export type State = (typeof STATES)[number];

export type Counts = Record<State, number>;

export function isState(text: string): text is State {
  return (STATES as readonly string[]).includes(text);
}

/** A code of a newer server counts as unknown; it must not disappear. */
export function stateFrom(text: string | null | undefined): State {
  return text && isState(text) ? text : "unknown";
}

/** 0 is the most urgent. */
export function stateRank(state: State): number {
  return STATES.indexOf(state);
}

export function noCounts(): Counts {
  return { usable: 0, degraded: 0, unusable: 0, unknown: 0, maintenance: 0 };
}

export function countStates(items: Iterable<{ state: State }>): Counts {
  const counts = noCounts();
  for (const item of items) counts[item.state] += 1;
  return counts;
}

export function worstState(counts: Counts): State {
  return STATES.find((state) => counts[state] > 0) ?? "unknown";
}
