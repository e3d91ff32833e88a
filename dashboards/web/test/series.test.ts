// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { columnOf, completenessOf, gapsOf, mergeSeries, summaryOf, timesOf, withoutRunningStep } from "../src/model/series";

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

  it("completeness counts known rows", () => {
    expect(completenessOf(series, 0)).toBeCloseTo(0.5);
    expect(completenessOf({ ...series, rows: [] }, 0)).toBeNull();
  });

  it("the summary leaves unknown out and says so when nothing is known", () => {
    expect(summaryOf([1, null, 3])).toEqual({ minimum: 1, mean: 2, maximum: 3, last: 3 });
    expect(summaryOf([1, null])).toMatchObject({ last: null });
    expect(summaryOf([null])).toEqual({ minimum: null, mean: null, maximum: null, last: null });
  });

  it("answers are put side by side without moving or inventing values", () => {
    const other = { start: 1060, step: 60, columns: ["wireless.clients"], rows: [[7], [8]] };
    const merged = mergeSeries([series, other], ["a", "b"]);
    expect(merged).toMatchObject({ start: 1000, step: 60, columns: ["a", "b"] });
    expect(merged.rows.map((row) => row[0])).toEqual([1, null, null, 0, 4, null]);
    expect(merged.rows.map((row) => row[1])).toEqual([null, 7, 8, null, null, null]);
  });

  it("an answer without rows does not drag the others to 1970", () => {
    expect(mergeSeries([{ ...series, start: 0, rows: [] }, series], ["a", "b"]).start).toBe(1000);
    expect(mergeSeries([], []).rows).toEqual([]);
  });

  it("only the running step is left out, not an outage that lasts", () => {
    expect(withoutRunningStep({ ...series, rows: [[1], [null]] }).rows).toEqual([[1]]);
    expect(withoutRunningStep({ ...series, rows: [[1], [null], [null]] }).rows).toEqual([[1], [null]]);
    expect(withoutRunningStep({ ...series, rows: [[1]] }).rows).toEqual([[1]]);
  });
});
