// SPDX-License-Identifier: GPL-3.0-or-later
// coverage.ts - what `netzwacht report coverage` wrote (coverage/export.c), for the map and the table. Pure.
// A cell's share: how much of its 100 m x 100 m a phone is served on. "planned" as built, "delivered" times the measured
// availability, null where too little is known.

export type Tone = 0 | 1 | 2; // good, fair, weak

const GOOD_SHARE = 0.75;
const FAIR_SHARE = 0.4;
/** Less than a twentieth of a cell is not drawn: the map would show a halo around every hotspot. */
const LEAST_SHARE = 0.05;

function numberOf(properties: Record<string, unknown>, name: string): number | null {
  const value = properties[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** By what is delivered; where that is not known, by what is planned. */
export function coverageTone(properties: Record<string, unknown>): Tone | null {
  const share = numberOf(properties, "delivered") ?? numberOf(properties, "planned");
  if (share === null || share < LEAST_SHARE) return null;
  if (share >= GOOD_SHARE) return 0;
  return share >= FAIR_SHARE ? 1 : 2;
}

export interface CoverageArea {
  id: string | null;
  name: string | null;
  area_km2: number | null;
  planned: number | null;
  delivered: number | null;
  completeness: number | null;
}

/** GET /coverage/summary */
export interface CoverageSummary {
  generated?: string;
  from?: string;
  to?: string;
  threshold_dbm?: number;
  hotspots?: number;
  total?: CoverageArea;
  districts?: CoverageArea[];
}

/** The districts, then the whole city with an empty id. */
export function coverageRows(summary: CoverageSummary): CoverageArea[] {
  const total = summary.total ? [{ ...summary.total, id: "" }] : [];
  return [...(summary.districts ?? []), ...total];
}
