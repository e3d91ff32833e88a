// SPDX-License-Identifier: GPL-3.0-or-later
// weak_link.ts - which step of a way to the core to look at first. Pure.

import type { TopologyNode } from "../api/types";
import { utilization } from "./topology";

export interface Step {
  id: string;
  state: string;
}

export interface WeakLink {
  id: string;
  /** state: it is not as it should be; load: its uplink is the fullest, and so full that it matters. */
  why: "state" | "load";
  /** Share of the uplink that is in use; null: not known. */
  load: number | null;
}

/** The worse, the earlier; states that are not here are no weakness (usable), or one that is known (maintenance). */
const WORST_FIRST = ["unusable", "degraded", "unknown"];
/** From here on a line has little left for the next peak. */
const FULL = 0.7;

/** steps: from the hotspot to the core. Of equally bad ones the nearest to the core, for it takes the others along. null: none. */
export function weakLink(steps: readonly Step[], nodes: ReadonlyMap<string, TopologyNode>): WeakLink | null {
  const loadOf = (id: string) => {
    const node = nodes.get(id);
    return node ? utilization(node) : null;
  };
  for (const state of WORST_FIRST) {
    const worst = [...steps].reverse().find((step) => (nodes.get(step.id)?.state ?? step.state) === state);
    if (worst) return { id: worst.id, why: "state", load: loadOf(worst.id) };
  }
  let fullest: WeakLink | null = null;
  for (const { id } of steps) {
    const load = loadOf(id);
    if (load !== null && load >= FULL && load > (fullest?.load ?? 0)) fullest = { id, why: "load", load };
  }
  return fullest;
}
