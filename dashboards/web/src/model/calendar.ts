// SPDX-License-Identifier: GPL-3.0-or-later
// calendar.ts - a month as weeks that begin on Monday, and which maintenance falls on which day. Pure.

import type { Maintenance } from "../api/types";
import { boundsOf } from "./berlin";

/** "2026-11"; anything else is null. */
export function parseMonth(text: string | null): string | null {
  return text !== null && /^(19|20|21)\d\d-(0[1-9]|1[0-2])$/.test(text) ? text : null;
}

function dateText(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
}

export function addMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return dateText(year, number - 1 + count, 1).slice(0, 7);
}

/** Whole weeks, Monday first, that cover the month: "2026-11-22" each. */
export function weeksOf(month: string): string[][] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const first = new Date(Date.UTC(year, number - 1, 1));
  const before = (first.getUTCDay() + 6) % 7;
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const count = Math.ceil((before + days) / 7);
  return Array.from({ length: count }, (_, week) => Array.from({ length: 7 }, (__, day) => dateText(year, number - 1, 1 - before + week * 7 + day)));
}

/** Windows that touch the day, the earliest first. One that ends at midnight does not touch the day that begins then. */
export function windowsOn(day: string, windows: readonly Maintenance[]): Maintenance[] {
  const { from, to } = boundsOf(day);
  return windows.filter((each) => Date.parse(each.begin) < to && Date.parse(each.end) > from).sort((a, b) => Date.parse(a.begin) - Date.parse(b.begin));
}
