// SPDX-License-Identifier: GPL-3.0-or-later
// berlin.ts - the clock on the wall of Europe/Berlin, whatever the browser's own zone is: what people type, and days of a
// calendar. Pure.

import { TIME_ZONE } from "../format";

const OFFSET = new Intl.DateTimeFormat("en-GB", { timeZone: TIME_ZONE, timeZoneName: "longOffset" });

/** Milliseconds by which the local clock is ahead of UTC at t (milliseconds since the epoch). */
export function offsetAt(t: number): number {
  const name = OFFSET.formatToParts(t).find((part) => part.type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
}

/** "2026-11-22T14:30", as a field for local times has it. */
export function localText(t: number): string {
  return new Date(t + offsetAt(t)).toISOString().slice(0, 16);
}

/** Back to milliseconds; null for what is no time. Of the hour that comes twice, the first; one that is left out counts as if it
 * were there. */
export function fromLocal(text: string): number | null {
  const asUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00Z`) : NaN;
  if (!Number.isFinite(asUtc)) return null;
  const early = asUtc - offsetAt(asUtc - 12 * 3_600_000);
  return localText(early) === text ? early : asUtc - offsetAt(asUtc + 12 * 3_600_000);
}

/** "2026-11-22" of a time. */
export function dayOf(t: number): string {
  return localText(t).slice(0, 10);
}

/** When a day begins and ends: 23 or 25 hours where the clock is changed. */
export function boundsOf(day: string): { from: number; to: number } {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return { from: fromLocal(`${day}T00:00`) ?? NaN, to: fromLocal(`${next}T00:00`) ?? NaN };
}
