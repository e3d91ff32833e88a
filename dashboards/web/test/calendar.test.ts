// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Maintenance } from "../src/api/types";
import { boundsOf, dayOf, fromLocal, localText } from "../src/model/berlin";
import { addMonths, parseMonth, weeksOf, windowsOn } from "../src/model/calendar";

const utc = (text: string) => Date.parse(text);

describe("the clock on the wall in Berlin", () => {
  it("is typed and read back the same in winter and in summer", () => {
    expect(localText(utc("2026-11-22T13:30:00Z"))).toBe("2026-11-22T14:30");
    expect(fromLocal("2026-11-22T14:30")).toBe(utc("2026-11-22T13:30:00Z"));
    expect(fromLocal("2026-07-01T00:15")).toBe(utc("2026-06-30T22:15:00Z"));
  });

  it("of the hour that comes twice the first counts, and the one that is left out does no harm", () => {
    expect(fromLocal("2026-10-25T02:30")).toBe(utc("2026-10-25T00:30:00Z"));
    expect(fromLocal("2026-10-25T03:00")).toBe(utc("2026-10-25T02:00:00Z"));
    expect(fromLocal("2026-03-29T03:30")).toBe(utc("2026-03-29T01:30:00Z"));
    expect(Number.isFinite(fromLocal("2026-03-29T02:30"))).toBe(true);
  });

  it("what is no time is none", () => {
    expect(["", "2026-11-22", "2026-13-45T99:99", "tomorrow"].map(fromLocal)).toEqual([null, null, null, null]);
  });

  it("a day has 23, 24 or 25 hours", () => {
    const hours = (day: string) => (boundsOf(day).to - boundsOf(day).from) / 3_600_000;
    expect(["2026-03-29", "2026-11-22", "2026-10-25"].map(hours)).toEqual([23, 24, 25]);
    expect(dayOf(utc("2026-11-22T23:30:00Z"))).toBe("2026-11-23");
  });
});

describe("the calendar", () => {
  it("a month is whole weeks from Monday to Sunday", () => {
    const weeks = weeksOf("2026-11");
    expect(weeks[0]?.[0]).toBe("2026-10-26");
    expect(weeks.at(-1)?.[6]).toBe("2026-12-06");
    expect(weeks.every((week) => week.length === 7)).toBe(true);
    expect(weeksOf("2027-02").length).toBe(4); // 1 February 2027 is a Monday
  });

  it("months are counted over the turn of the year; what is no month is none", () => {
    expect([addMonths("2026-12", 1), addMonths("2026-01", -1)]).toEqual(["2027-01", "2025-12"]);
    expect([parseMonth("2026-11"), parseMonth("2026-13"), parseMonth("x"), parseMonth(null)]).toEqual(["2026-11", null, null, null]);
  });

  it("a window stands on each day that it touches, and not on the one that begins when it ends", () => {
    const window = { id: "w", begin: "2026-11-21T22:00:00Z", end: "2026-11-22T23:00:00Z" } as Maintenance; // 23:00 to midnight, local
    const touched = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"].filter((day) => windowsOn(day, [window]).length === 1);
    expect(touched).toEqual(["2026-11-21", "2026-11-22"]);
  });
});
