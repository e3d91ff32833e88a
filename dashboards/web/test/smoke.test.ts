// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { bandsOf, smokeOf, smokeQuestions } from "../src/model/smoke";

const START = 1_700_000_000;
const median = { start: START, step: 60, columns: ["probe.icmp.rtt", "probe.icmp.loss", "probe.icmp.smoke1"], rows: [[0.02, 0, 0.01], [null, 100, null], [0.03, 50, 0.03]] };
const rest = { start: START, step: 60, columns: ["probe.icmp.smoke2", "probe.icmp.smoke3"], rows: [[0.03, null], [null, null], [null, null]] };

describe("smoke", () => {
  it("asks for everything and for no more at once than the server gives", () => {
    const questions = smokeQuestions();
    expect(questions.flat()).toHaveLength(12);
    expect(questions.every((metrics) => metrics.length <= 8)).toBe(true);
  });

  it("puts answers together, leaves out pings that were never sent, and lets lost ones narrow the band", () => {
    const smoke = smokeOf([median, rest]);
    expect(smoke?.pings).toBe(2);
    expect(smoke?.drawn.columns).toEqual(["probe.icmp.smoke1", "probe.icmp.smoke2", "probe.icmp.rtt"]);
    expect(smoke?.drawn.rows).toEqual([[0.01, 0.03, 0.02], [null, null, null], [0.03, 0.03, 0.03]]);
  });

  it("takes the slowest answer that there was", () => {
    expect(smokeOf([median, rest])?.told.rows).toEqual([[0.02, 0.01, 0.03], [null, null, null], [0.03, 0.03, 0.03]]);
  });

  it("shifts an answer that begins earlier or later", () => {
    const late = { ...rest, start: START + 60, rows: [[0.04, null], [0.05, null]] };
    expect(smokeOf([median, late])?.drawn.rows.map((row) => row[1])).toEqual([0.01, 0.04, 0.05]);
    const early = { ...rest, start: START - 60, rows: [[0.09, null], [0.04, null]] };
    expect(smokeOf([median, early])?.drawn.rows.map((row) => row[1])).toEqual([0.04, null, 0.03]);
  });

  it("is nothing where nobody pinged, or where steps differ", () => {
    expect(smokeOf([{ ...median, rows: [[null, null, null]] }, { ...rest, rows: [[null, null]] }])).toBeNull();
    expect(smokeOf([median, { ...rest, step: 300 }])).toBeNull();
    expect(smokeOf([])).toBeNull();
  });

  it("has bands from the outside in", () => {
    expect(bandsOf(5)).toEqual([[4, 0], [3, 1]]);
    expect(bandsOf(10)).toHaveLength(5);
    expect(bandsOf(1)).toEqual([]);
  });
});
