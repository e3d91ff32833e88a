// SPDX-License-Identifier: GPL-3.0-or-later
// icons.tsx - small drawings. They are decoration: the text beside them says the same.

import type { State } from "../model/state";
import { SHAPES } from "../model/shape";

export function StateIcon({ state, size = 16 }: { state: State; size?: number }) {
  const shape = SHAPES[state];
  return (
    <svg class={`state-icon is-${state}`} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path class={shape.isHollow ? "state-icon__hollow" : "state-icon__body"} d={shape.body} />
      <path class={shape.isHollow ? "state-icon__hollow" : "state-icon__mark"} d={shape.mark} />
    </svg>
  );
}

const LINES = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  up: "M12 19V5M6 11l6-6l6 6",
  down: "M12 5v14M6 13l6 6l6-6",
  sort: "M8 10l4-4l4 4M8 14l4 4l4-4",
  pin: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11ZM12 12.2a2.2 2.2 0 1 0 0-4.4a2.2 2.2 0 0 0 0 4.4Z",
  right: "M9 5l7 7l-7 7",
  menu: "M4 7h16M4 12h16M4 17h16",
  sun: "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8ZM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.8 1.8M17.2 17.2L19 19M19 5l-1.8 1.8M6.8 17.2L5 19",
} as const;

export function LineIcon({ name, size = 18 }: { name: keyof typeof LINES; size?: number }) {
  return (
    <svg class="line-icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={LINES[name]} />
    </svg>
  );
}
