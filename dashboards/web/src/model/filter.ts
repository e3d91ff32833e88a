// SPDX-License-Identifier: GPL-3.0-or-later
// filter.ts - which hotspots the list and the map show; the filters live in the page's address. Pure.

import type { Device, Hotspot } from "../api/types";
import { STATES, isState, stateFrom, type State } from "./state";

export interface Filter {
  states: ReadonlySet<State>; // empty: all
  district: string; // "": all
  text: string;
}

export function filterFrom(query: URLSearchParams): Filter {
  const states = (query.get("state") ?? "").split(",").filter(isState);
  return { states: new Set(states), district: query.get("district") ?? "", text: query.get("q") ?? "" };
}

/** The state parameter with one state switched on or off; null if that leaves all or none of them. */
export function toggleState(filter: Filter, state: State): string | null {
  const next = STATES.filter((each) => (each === state ? !filter.states.has(each) : filter.states.has(each)));
  return next.length === 0 || next.length === STATES.length ? null : next.join(",");
}

/** Case and accents do not count, and "ae" is not "ä": people type what they see on the sign. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export function filterHotspots(hotspots: Iterable<Hotspot>, filter: Filter): Hotspot[] {
  const words = fold(filter.text).split(/\s+/).filter(Boolean);
  return [...hotspots].filter((hotspot) => {
    if (filter.states.size > 0 && !filter.states.has(stateFrom(hotspot.state))) return false;
    if (filter.district !== "" && hotspot.district !== filter.district) return false;
    const hay = fold(`${hotspot.name} ${hotspot.site_name ?? ""} ${hotspot.id} ${hotspot.device ?? ""}`);
    return words.every((word) => hay.includes(word));
  });
}

export function filterDevices(devices: readonly Device[], kind: string, text: string): Device[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  return devices.filter((device) => {
    if (kind !== "" && device.kind !== kind) return false;
    const hay = fold(`${device.name} ${device.id} ${device.address} ${device.site_name ?? ""} ${device.model ?? ""}`);
    return words.every((word) => hay.includes(word));
  });
}
