// SPDX-License-Identifier: GPL-3.0-or-later
// availability.ts - how a day's availability is shown. Pure.

export type Level = "good" | "fair" | "bad" | "none";

/** Limits of service class U1 (hotspot browsing): 98 % a month for an access point, 99.5 % shown as good. */
const GOOD = 0.995;
const FAIR = 0.98;

export function dayLevel(day: { availability: number | null; completeness: number }): Level {
  if (day.availability === null || day.completeness <= 0) return "none";
  if (day.availability >= GOOD) return "good";
  return day.availability >= FAIR ? "fair" : "bad";
}
