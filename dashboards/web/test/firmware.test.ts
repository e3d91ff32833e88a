// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import type { Firmware, FirmwareModel, FirmwareRule } from "../src/api/types";
import { assetsPath, endOfSupport, isVersion, segmentsOf, oldVersions } from "../src/model/firmware";

const rule = (days_left: number | null): FirmwareRule => ({ recommended: "2", minimum: "1", reason: "x", end_of_sale: null, end_of_support: null, days_left, source: null });

function model(name: string, days: number | null, versions: Array<[string | null, FirmwareModel["versions"][number]["firmware"], number, number]>): FirmwareModel {
  const list = versions.map(([version, firmware, assets, hotspots]) => ({ version, firmware, assets, hotspots, clients: null }));
  return { vendor: "V", model: name, assets: list.reduce((sum, each) => sum + each.assets, 0), hotspots: 0, clients: null, support: "unknown", rule: rule(days), versions: list };
}

const firmware: Firmware = {
  rules: 2,
  assets: 12,
  firmware: { too_old: 0, outdated: 0, unknown: 0, unrated: 0, current: 0 },
  support: { ended: 0, ends_soon: 0, runs: 0, unknown: 0 },
  models: [
    model("A", 30, [["2", "current", 6, 6], ["0.9", "too_old", 2, 3]]),
    model("B", null, [["0.8", "too_old", 1, 9], [null, "unknown", 1, 0]]),
    model("C", -5, [["2", "current", 2, 2], ["1", "outdated", 1, 50]]),
  ],
};

test("the segments of a bar fill it from left to right, the newest version first", () => {
  const segments = segmentsOf(firmware.models[0]!);
  expect(segments.map(({ version, from, width }) => [version.version, from, width])).toEqual([["2", 0, 75], ["0.9", 75, 25]]);
  expect(segmentsOf({ ...firmware.models[0]!, assets: 0 })[0]!.width).toBe(0);
});

test("what is too old comes before what is outdated, the most hotspots first, and nothing else is old", () => {
  expect(oldVersions(firmware).map((each) => [each.model.model, each.version.version])).toEqual([["B", "0.8"], ["A", "0.9"], ["C", "1"]]);
});

test("ends of support come in the order of their days; models without one are left out", () => {
  expect(endOfSupport(firmware).map((each) => each.model)).toEqual(["C", "A"]);
});

test("only filters that say something are asked for", () => {
  expect(assetsPath(new URLSearchParams("view=list&model=&q="))).toBe("/firmware/assets");
  expect(assetsPath(new URLSearchParams("view=list&older_than=6.5.28&model=UAP SIM&evil=1"))).toBe("/firmware/assets?model=UAP+SIM&older_than=6.5.28");
  expect(assetsPath(new URLSearchParams("older_than=v"))).toBe("/firmware/assets");
});

test("what has no number is no version yet", () => {
  expect([isVersion("6"), isVersion("v6.5"), isVersion("v"), isVersion(""), isVersion("1".repeat(65))]).toEqual([true, true, false, false, false]);
});
