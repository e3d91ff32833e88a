// SPDX-License-Identifier: GPL-3.0-or-later
// member_map.ts - which part of the city a picture of some of its things must show, and where each stands in it. Pure.

import type { Hotspot, Incident, Topology } from "../api/types";

export interface Spot {
  id: string;
  lat: number;
  lon: number;
  state: string;
  isCause: boolean;
}

export interface Box {
  south: number;
  west: number;
  north: number;
  east: number;
}

/** About a kilometre: one thing alone is shown with its neighbourhood. */
const LEAST = 0.01;
const MARGIN = 0.12;

/** The members and the cause that have a place; the cause last, so that it lies on top. */
export function spotsOf(incident: Incident, hotspots: ReadonlyMap<string, Hotspot>, topology: Topology | null): Spot[] {
  const nodes = new Map((topology?.nodes ?? []).map((node) => [node.id, node]));
  const spot = (id: string, state: string | null, isCause: boolean): Spot[] => {
    const thing = hotspots.get(id) ?? nodes.get(id);
    if (!thing || thing.lat === null || thing.lon === null || (thing.lat === 0 && thing.lon === 0)) return [];
    return [{ id, lat: thing.lat, lon: thing.lon, state: state ?? thing.state, isCause }];
  };
  const members = incident.members.filter((member) => member.id !== incident.cause.id).flatMap((member) => spot(member.id, member.state, false));
  return [...members, ...spot(incident.cause.id, null, true)];
}

/** null: nothing has a place. */
export function boxAround(spots: readonly Spot[]): Box | null {
  if (spots.length === 0) return null;
  const lats = spots.map((spot) => spot.lat);
  const lons = spots.map((spot) => spot.lon);
  const widen = (low: number, high: number): [number, number] => {
    const span = Math.max(LEAST, high - low) * (1 + 2 * MARGIN);
    return [(low + high - span) / 2, (low + high + span) / 2];
  };
  const [south, north] = widen(Math.min(...lats), Math.max(...lats));
  const [west, east] = widen(Math.min(...lons), Math.max(...lons));
  return { south, west, north, east };
}

/** Into a picture of this size, without distortion, the box in its middle. A degree of longitude is shorter than one of
 * latitude. */
export function projectInto(box: Box, width: number, height: number): (lat: number, lon: number) => [number, number] {
  const squeeze = Math.cos((((box.south + box.north) / 2) * Math.PI) / 180);
  const scale = Math.min(width / ((box.east - box.west) * squeeze), height / (box.north - box.south));
  const left = (width - (box.east - box.west) * squeeze * scale) / 2;
  const top = (height - (box.north - box.south) * scale) / 2;
  const round = (value: number) => Math.round(value * 10) / 10;
  return (lat, lon) => [round(left + (lon - box.west) * squeeze * scale), round(top + (box.north - lat) * scale)];
}
