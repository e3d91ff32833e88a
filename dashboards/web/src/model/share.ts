// SPDX-License-Identifier: GPL-3.0-or-later
// share.ts - gathers markers that lie close together and says what share of them is in which state. Pure.

import { STATES, noCounts, type Counts, type State } from "./state";

export interface Point {
  x: number;
  y: number;
  state: State;
}

export interface Cluster<P extends Point> {
  x: number;
  y: number;
  members: P[];
  counts: Counts;
}

export interface Arc {
  state: State;
  /** Radians, clockwise from the top. */
  from: number;
  to: number;
}

/** Puts points into square cells of `size` pixels. The grid is anchored at the origin of the pixel plane and not at the
 * view, so panning never regroups anything. A cluster lies at the middle of its members. */
export function clusterByGrid<P extends Point>(points: readonly P[], size: number): Cluster<P>[] {
  const cells = new Map<string, Cluster<P>>();
  for (const point of points) {
    const key = `${Math.floor(point.x / size)}/${Math.floor(point.y / size)}`;
    let cell = cells.get(key);
    if (!cell) {
      cell = { x: 0, y: 0, members: [], counts: noCounts() };
      cells.set(key, cell);
    }
    cell.members.push(point);
    cell.counts[point.state] += 1;
    cell.x += point.x;
    cell.y += point.y;
  }
  return [...cells.values()].map((cell) => ({
    ...cell,
    x: cell.x / cell.members.length,
    y: cell.y / cell.members.length,
  }));
}

/** The ring of a cluster, most urgent state first. A state that occurs at all gets at least `minimum` radians: one dead
 * hotspot among sixty must stay visible. What that takes is taken from the others in proportion. */
export function arcsOf(counts: Counts, minimum = Math.PI / 9): Arc[] {
  const present = STATES.filter((state) => counts[state] > 0);
  const total = present.reduce((sum, state) => sum + counts[state], 0);
  if (total === 0) return [];
  const full = 2 * Math.PI;
  const widths = present.map((state) => Math.max((counts[state] / total) * full, minimum));
  const surplus = widths.reduce((sum, width) => sum + width, 0) - full;
  const shrinkable = widths.reduce((sum, width) => sum + Math.max(0, width - minimum), 0);
  let from = 0;
  return present.map((state, index) => {
    const width = widths[index] ?? 0;
    const reduced = shrinkable > 0 ? width - (surplus * Math.max(0, width - minimum)) / shrinkable : full / present.length;
    const arc = { state, from, to: from + reduced };
    from = arc.to;
    return arc;
  });
}
