// SPDX-License-Identifier: GPL-3.0-or-later
// streets.ts - the map's street-like ground, drawn from our own data: hotspots of one site whose names are house numbers
// of one street ("Fuchsgrund 9", "Fuchsgrund 25") are joined in the order of the numbers. Schematic, and never fetched. Pure.

import type { Hotspot } from "../api/types";

export type Position = readonly [number, number]; // lat, lon

export interface Street {
  name: string;
  line: readonly Position[];
}

/** Numbers of one street lie close together; a longer step is another part of the town with the same name. */
const LONGEST_STEP_M = 700;
const METRES_PER_DEGREE = 111_320;

interface House {
  number: number;
  at: Position;
}

export function distance(a: Position, b: Position): number {
  const middle = ((a[0] + b[0]) / 2) * (Math.PI / 180);
  return Math.hypot(a[0] - b[0], (a[1] - b[1]) * Math.cos(middle)) * METRES_PER_DEGREE;
}

export function streetsFrom(hotspots: Iterable<Pick<Hotspot, "name" | "site" | "lat" | "lon">>): Street[] {
  const streets = new Map<string, { name: string; houses: House[] }>();
  for (const hotspot of hotspots) {
    const [, name, number] = /^([^,]*\p{L}) (\d+)$/u.exec(hotspot.name) ?? [];
    if (!name || !number) continue;
    const key = `${hotspot.site}\n${name}`;
    const street = streets.get(key) ?? { name, houses: [] };
    street.houses.push({ number: Number(number), at: [hotspot.lat, hotspot.lon] });
    streets.set(key, street);
  }
  return [...streets.values()].flatMap(linesOf);
}

/** Both sides of a street share its numbers; the lamp posts stand on the even or the odd side, so order is enough. */
function linesOf({ name, houses }: { name: string; houses: House[] }): Street[] {
  const sorted = [...houses].sort((a, b) => a.number - b.number).map((house) => house.at);
  const lines: Position[][] = [];
  for (const at of sorted) {
    const line = lines.at(-1);
    const last = line?.at(-1);
    if (line && last && distance(last, at) <= LONGEST_STEP_M) line.push(at);
    else lines.push([at]);
  }
  return lines.filter((line) => line.length > 1).map((line) => ({ name, line }));
}
