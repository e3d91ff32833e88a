// SPDX-License-Identifier: GPL-3.0-or-later
// week.ts - a week before by the clock on the wall: after a change to summer time seven days are 167 hours, and Monday at
// eight is compared with Monday at eight. Pure.

import { offsetAt } from "./berlin";

const WEEK_S = 7 * 86_400;

/** Seconds between t (since the epoch) and the same time by the local clock seven days earlier: 604800, or an hour more or less
 * where the clock was changed in between. */
export function weekBefore(t: number): number {
  return WEEK_S + (offsetAt((t - WEEK_S) * 1000) - offsetAt(t * 1000)) / 1000;
}
