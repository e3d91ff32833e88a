// SPDX-License-Identifier: GPL-3.0-or-later
// shape.ts - the shape of each state as SVG path data in a box of 24 x 24, for icons and for the map's canvas alike. Pure.

import type { State } from "./state";

export interface Shape {
  /** The outline, filled with the state's colour. */
  body: string;
  /** The mark inside, drawn as a line in the paper's colour. */
  mark: string;
  /** Only the outline is drawn: nothing is known. */
  isHollow: boolean;
}

export const SHAPES: Record<State, Shape> = {
  usable: { body: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19Z", mark: "M7.5 12.4l3.1 3.1l6-6.6", isHollow: false },
  degraded: { body: "M12 2L22.6 21H1.4Z", mark: "M12 8.6v6M12 17.6v.4", isHollow: false },
  unusable: { body: "M3 3h18v18H3Z", mark: "M8 8l8 8M16 8l-8 8", isHollow: false },
  unknown: {
    body: "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17Z",
    mark: "M9.6 9.6a2.5 2.5 0 1 1 3.6 2.4c-.9.5-1.2 1-1.2 2M12 16.9v.3",
    isHollow: true,
  },
  maintenance: { body: "M12 1.6L22.4 12L12 22.4L1.6 12Z", mark: "M9.8 8.6v6.8M14.2 8.6v6.8", isHollow: false },
};
