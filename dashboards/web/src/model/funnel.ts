// SPDX-License-Identifier: GPL-3.0-or-later
// funnel.ts - what GET /funnel answers, and the rows that the page makes of it. Pure.

/** null: not known. Of the failures `failed_pool` is DHCP's alone. */
export interface Phase {
  phase: string;
  attempts: number | null;
  /** Per cent. */
  success: number | null;
  /** Seconds. */
  p50: number | null;
  p95: number | null;
  /** 1: of this hotspot's phases the one that left its baseline furthest. */
  blamed: number | null;
  failed_silence: number | null;
  failed_pool: number | null;
  failed_refused: number | null;
  failed_name: number | null;
  failed_server: number | null;
}

export interface Funnel {
  id: string;
  name: string;
  at: string;
  phases: Phase[];
}

export interface Imitator {
  bssid: string;
  ssid: string;
  ssid_hex: string;
  why: string;
  security: string;
  /** Seconds since 1970, as text. */
  first_seen: string;
  /** "0": not announced. */
  channel: string;
  signal: number | null;
}

export interface Sensor {
  id: string;
  name: string;
  /** null: nothing was heard of it yet; then the rest is missing. */
  at: string | null;
  frames?: number | null;
  dropped?: number | null;
  malformed?: number | null;
  arp?: number | null;
  broadcast?: number | null;
  rogue_dhcp?: number | null;
  rogue_ra?: number | null;
  imitators_seen?: number | null;
  withheld?: number | null;
  imitators: Imitator[];
}

export interface FunnelView {
  sensors: Sensor[];
  hotspots: Funnel[];
  /** What no hotspot could be given, by sensor. */
  elsewhere: Funnel[];
}

export interface FunnelRow extends Omit<Phase, "blamed"> {
  id: string;
  name: string;
  isElsewhere: boolean;
  blamed: boolean;
}

/** One row for each phase that has figures. */
export function funnelRows(view: FunnelView): FunnelRow[] {
  const rowsOf = (funnel: Funnel, isElsewhere: boolean) =>
    funnel.phases
      .filter((phase) => (phase.attempts ?? 0) > 0)
      .map((phase) => ({ ...phase, id: funnel.id, name: funnel.name, isElsewhere, blamed: phase.blamed === 1 }));
  return [...view.hotspots.flatMap((each) => rowsOf(each, false)), ...view.elsewhere.flatMap((each) => rowsOf(each, true))];
}

export interface CityPhase {
  phase: string;
  attempts: number;
  success: number;
}

/** The phases in the order in which somebody gets on-line. */
const ORDER = ["eap", "key", "radius", "dhcp4", "dns", "tcp"];

/** Attempts and successes of the newest reports of all places; phases that nobody was in are left out. */
export function cityPhases(view: FunnelView): CityPhase[] {
  const rows = funnelRows(view);
  return ORDER.map((phase) => {
    const own = rows.filter((row) => row.phase === phase);
    return {
      phase,
      attempts: own.reduce((sum, row) => sum + (row.attempts ?? 0), 0),
      success: own.reduce((sum, row) => sum + ((row.attempts ?? 0) * (row.success ?? 0)) / 100, 0),
    };
  }).filter((each) => each.attempts > 0);
}
