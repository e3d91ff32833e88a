// SPDX-License-Identifier: GPL-3.0-or-later
// week.ts - a week before by the clock on the wall: after a change to summer time seven days are 167 hours, and Monday at
// eight is compared with Monday at eight. Pure.

import { TIME_ZONE } from "../format";

const WEEK_S = 7 * 86_400;

const FORMAT = new Intl.DateTimeFormat("en-GB", { timeZone: TIME_ZONE, timeZoneName: "longOffset" });

/** Seconds by which the local clock is ahead of UTC. */
function offsetAt(t: number): number {
  const name = FORMAT.formatToParts(t * 1000).find((part) => part.type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60) : 0;
}

/** Seconds between t (since the epoch) and the same time by the local clock seven days earlier: 604800, or an hour more or less
 * where the clock was changed in between. */
export function weekBefore(t: number): number {
  return WEEK_S + offsetAt(t - WEEK_S) - offsetAt(t);
}
