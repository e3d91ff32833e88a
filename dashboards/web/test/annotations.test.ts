// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Incident, Maintenance, TopologyNode } from "../src/api/types";
import { annotationsOf, within } from "../src/model/annotations";
import { beside, csvOf, mergeSeries, partlyKnown, percentileOf } from "../src/model/series";
import { weakLink } from "../src/model/weak_link";
import { weekBefore } from "../src/model/week";

const seconds = (time: string) => Date.parse(time) / 1000;
const incident = { id: "inc-1", opened: "2026-11-22T10:00:00Z", closed: null, text: { de: "Faser", en: "Fibre" } } as unknown as Incident;
const window = { id: "mw-1", target: "hs-1", target_name: "Rathaus", begin: "2026-11-22T12:00:00Z", end: "2026-11-22T13:00:00Z", comment: "Tausch", status: "planned" } as unknown as Maintenance;

describe("annotations", () => {
  const all = annotationsOf({ incidents: [incident, incident], windows: [window, { ...window, id: "mw-2", target: "hs-2" }, { ...window, id: "mw-3", status: "refused" }], changes: [] }, new Set(["hs-1"]));

  it("each happening stands there once, windows only of what is shown and never if refused", () => {
    expect(all.map(({ kind, id }) => `${kind} ${id}`)).toEqual(["incident inc-1", "maintenance mw-1"]);
  });

  it("an open incident reaches into every later period, a closed window does not", () => {
    const later = seconds("2026-11-23T00:00:00Z");
    expect(within(all, later, later + 60).map(({ id }) => id)).toEqual(["inc-1"]);
    expect(within(all, 0, seconds("2026-11-22T09:59:59Z"))).toEqual([]);
  });
});

describe("last week", () => {
  it("is seven days ago, by the clock on the wall", () => {
    expect(weekBefore(seconds("2026-11-22T08:00:00Z"))).toBe(604_800);
    // 29 March 2026: summer time begins; Monday 8:00 CEST is compared with Monday 8:00 CET
    expect(weekBefore(seconds("2026-03-30T06:00:00Z"))).toBe(604_800 - 3_600);
    expect(weekBefore(seconds("2026-10-26T07:00:00Z"))).toBe(604_800 + 3_600);
  });

  it("stands beside the rows that it is compared with; where it has none, it is unknown", () => {
    const own = { start: 1_000, step: 10, columns: ["a"], rows: [[1], [2], [3]] };
    const before = { start: 1_010 - 500, step: 10, columns: ["a"], rows: [[7], [8]] };
    expect(beside(own, before, 500)).toMatchObject({ columns: ["a", "a"], rows: [[1, null], [2, 7], [3, 8]] });
  });
});

describe("values of a diagram", () => {
  it("the percentile is the nearest rank of the known values", () => {
    const values = [null, ...Array.from({ length: 100 }, (_, i) => 100 - i)];
    expect([0.5, 0.95, 0.99].map((share) => percentileOf(values, share))).toEqual([50, 95, 99]);
    expect(percentileOf([3], 0.95)).toBe(3);
    expect(percentileOf([null], 0.95)).toBeNull();
  });

  it("rows of which a part is unknown are told apart from gaps", () => {
    const merged = mergeSeries([{ start: 0, step: 10, columns: ["a"], rows: [[1], [2], [null]], completeness: [1, 0.5, 0] }], ["a"]);
    expect(partlyKnown(merged)).toEqual([{ from: 10, to: 20, share: 0.5 }]);
  });

  it("the table for spreadsheets quotes what it must and starts no formula", () => {
    const text = csvOf({ start: 0, step: 60, columns: ["a", "b"], rows: [[1.5, null], [-2, 0]] }, ['=cmd|"x"', "A, B"]);
    expect(text).toBe('time,"\'=cmd|""x""","A, B"\r\n1970-01-01T00:00:00.000Z,1.5,\r\n1970-01-01T00:01:00.000Z,-2,0\r\n');
  });
});

describe("the weak link of a way", () => {
  const node = (id: string, state: string, share: number) => [id, { id, state, load: { down: share * 1e9, up: 0, speed: 1e9 } } as unknown as TopologyNode] as const;
  const steps = ["cabinet", "ring", "core"].map((id) => ({ id, state: "usable" }));

  it("is the worst state, of equal ones the nearest to the core", () => {
    const nodes = new Map([node("cabinet", "unusable", 0.9), node("ring", "unusable", 0.1), node("core", "degraded", 0)]);
    expect(weakLink(steps, nodes)).toMatchObject({ id: "ring", why: "state" });
  });

  it("is the fullest uplink where all work, and none where there is room", () => {
    expect(weakLink(steps, new Map([node("cabinet", "usable", 0.75), node("ring", "usable", 0.9)]))).toMatchObject({ id: "ring", why: "load" });
    expect(weakLink(steps, new Map([node("cabinet", "usable", 0.69)]))).toBeNull();
  });
});
