// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { alignSeries, columnOf, completenessOf, gapsOf, summaryOf, timesOf } from "../src/model/series";

const series = {
  start: 1000,
  step: 60,
  columns: ["clients"],
  rows: [[1], [null], [null], [0], [4], [null]],
};

describe("series", () => {
  it("a gap spans from its first unknown row to the end of its last", () => {
    expect(gapsOf(series)).toEqual([
      { from: 1060, to: 1180 },
      { from: 1300, to: 1360 },
    ]);
  });

  it("zero is a value and no gap", () => {
    expect(gapsOf({ ...series, rows: [[0], [0]] })).toEqual([]);
  });

  it("a row is a gap only if every column is unknown", () => {
    expect(gapsOf({ ...series, columns: ["in", "out"], rows: [[null, 1], [null, null]] })).toEqual([{ from: 1060, to: 1120 }]);
  });

  it("rows are placed by start and step", () => {
    expect(timesOf(series).slice(0, 3)).toEqual([1000, 1060, 1120]);
  });

  it("a missing column and NaN are unknown", () => {
    expect(columnOf(series, 1)).toEqual([null, null, null, null, null, null]);
    expect(columnOf({ ...series, rows: [[Number.NaN]] }, 0)).toEqual([null]);
  });

  it("completeness counts known rows, and the server's own figure wins", () => {
    expect(completenessOf(series, 0)).toBeCloseTo(0.5);
    expect(completenessOf({ ...series, completeness: [0.25] }, 0)).toBe(0.25);
    expect(completenessOf({ ...series, rows: [] }, 0)).toBeNull();
  });

  it("the summary leaves unknown out and says so when nothing is known", () => {
    expect(summaryOf([1, null, 3])).toEqual({ minimum: 1, mean: 2, maximum: 3, last: 3 });
    expect(summaryOf([1, null])).toMatchObject({ last: null });
    expect(summaryOf([null])).toEqual({ minimum: null, mean: null, maximum: null, last: null });
  });

  it("several answers share one time axis without inventing values", () => {
    const other = { start: 1060, step: 60, columns: ["rtt"], rows: [[0.1], [0.2]] };
    const { times, columns } = alignSeries([series, other]);
    expect(times).toEqual([1000, 1060, 1120, 1180, 1240, 1300]);
    expect(columns[1]).toEqual([null, 0.1, 0.2, null, null, null]);
  });
});
