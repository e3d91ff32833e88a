// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Hotspot } from "../src/api/types";
import { filterFrom, filterHotspots, toggleState } from "../src/model/filter";
import { sortRows } from "../src/model/sort";
import { parseRoute } from "../src/router";

function hotspot(id: string, changes: Partial<Hotspot> = {}): Hotspot {
  return {
    id,
    name: `Hotspot ${id}`,
    site: "s",
    site_name: "Herold-Center",
    district: "garstedt",
    district_name: "Garstedt",
    lat: 53.68,
    lon: 9.98,
    state: "usable",
    reason: "none",
    since: null,
    incident: null,
    clients: 0,
    device: "ap-1",
    entity: null,
    uplink: null,
    published: true,
    ...changes,
  };
}

const ids = (list: Hotspot[]) => list.map((each) => each.id);

describe("filters", () => {
  const all = [
    hotspot("hs-1", { state: "unusable" }),
    hotspot("hs-2", { district: "glashuette", site_name: "Glashütter Markt" }),
    hotspot("hs-3", { state: "degraded" }),
  ];

  it("without filters every hotspot is there", () => {
    expect(ids(filterHotspots(all, filterFrom(new URLSearchParams())))).toEqual(["hs-1", "hs-2", "hs-3"]);
  });

  it("several states are one or the other, different filters are both", () => {
    expect(ids(filterHotspots(all, filterFrom(new URLSearchParams("state=unusable,degraded"))))).toEqual(["hs-1", "hs-3"]);
    expect(ids(filterHotspots(all, filterFrom(new URLSearchParams("state=unusable&district=glashuette"))))).toEqual([]);
  });

  it("the search ignores case and umlauts and wants every word", () => {
    expect(ids(filterHotspots(all, filterFrom(new URLSearchParams("q=MARKT+glashutter"))))).toEqual(["hs-2"]);
    expect(ids(filterHotspots(all, filterFrom(new URLSearchParams("q=markt+rathaus"))))).toEqual([]);
  });

  it("a state that does not exist filters nothing", () => {
    expect(filterHotspots(all, filterFrom(new URLSearchParams("state=broken")))).toHaveLength(3);
  });

  it("switching a state on and off again gives no filter", () => {
    const on = toggleState(filterFrom(new URLSearchParams()), "unknown");
    expect(on).toBe("unknown");
    expect(toggleState(filterFrom(new URLSearchParams(`state=${on}`)), "unknown")).toBeNull();
  });
});

describe("sorting", () => {
  const rows = [{ v: 3 }, { v: null }, { v: 10 }, { v: 0 }];

  it("unknown comes last in both directions", () => {
    expect(sortRows(rows, (row) => row.v, false, "de").map((row) => row.v)).toEqual([0, 3, 10, null]);
    expect(sortRows(rows, (row) => row.v, true, "de").map((row) => row.v)).toEqual([10, 3, 0, null]);
  });

  it("numbers inside names count as numbers", () => {
    const names = [{ v: "Halle 10" }, { v: "Halle 9" }];
    expect(sortRows(names, (row) => row.v, false, "de").map((row) => row.v)).toEqual(["Halle 9", "Halle 10"]);
  });
});

describe("addresses", () => {
  it("parts and query are decoded", () => {
    const route = parseRoute("#/hotspots/hs%20%2F1?range=day");
    expect(route.parts).toEqual(["hotspots", "hs /1"]);
    expect(route.query.get("range")).toBe("day");
  });

  it("a broken escape does not break the page", () => {
    expect(parseRoute("#/hotspots/%").parts).toEqual(["hotspots", "%"]);
  });
});
