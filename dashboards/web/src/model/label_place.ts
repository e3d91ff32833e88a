// SPDX-License-Identifier: GPL-3.0-or-later
// label_place.ts - where a district's name covers least: the emptiest place inside it. Pure.

import { distance, type Position } from "./streets";

const STEPS = 28;
/** A name is wide and low, so neighbours to its left and right are nearer than they look. */
const WIDTH_WEIGHT = 0.45;

function isInside([lat, lon]: Position, rings: readonly (readonly Position[])[]): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [a, b] = ring[i] ?? [0, 0];
      const [c, d] = ring[j] ?? [0, 0];
      if (a > lat !== c > lat && lon < ((d - b) * (lat - a)) / (c - a) + b) inside = !inside;
    }
  }
  return inside;
}

function clearance(at: Position, others: readonly Position[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [lat, lon] of others) {
    least = Math.min(least, distance(at, [lat, at[1] + (lon - at[1]) * WIDTH_WEIGHT]));
  }
  return least;
}

/** Rings by the even-odd rule; obstacles are the markers. null for a district without area. */
export function labelPlace(rings: readonly (readonly Position[])[], obstacles: readonly Position[]): Position | null {
  const border = rings.flat();
  const lats = border.map(([lat]) => lat);
  const lons = border.map(([, lon]) => lon);
  const [south, north, west, east] = [Math.min(...lats), Math.max(...lats), Math.min(...lons), Math.max(...lons)];
  const all = [...obstacles, ...border];
  let best: Position | null = null;
  let bestClearance = 0;
  for (let row = 1; row < STEPS; row += 1) {
    for (let column = 1; column < STEPS; column += 1) {
      const at: Position = [south + ((north - south) * row) / STEPS, west + ((east - west) * column) / STEPS];
      if (!isInside(at, rings)) continue;
      const free = clearance(at, all);
      if (free > bestClearance) [best, bestClearance] = [at, free];
    }
  }
  return best;
}
