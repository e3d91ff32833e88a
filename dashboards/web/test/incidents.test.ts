// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Hotspot, Incident, IncidentDetail, Topology } from "../src/api/types";
import { byUrgency, evidenceSeries, evidenceSources, evidenceSpan, filterIncidents, incidentFilterFrom, memberTree, placesOf, timelineOf } from "../src/model/incidents";
import { boxAround, projectInto, spotsOf } from "../src/model/member_map";

const NOW = Date.parse("2026-03-01T12:00:00Z");

function incident(id: string, more: Partial<Incident> = {}): Incident {
  const at = new Date(NOW - 3_600_000).toISOString();
  return {
    id, source: "main", sequence: 1, severity: "minor", priority: 10, type: "device_down",
    cause: { kind: "device", id: "sw-1", name: "Schrank" }, members: [], opened: at, changed: at, closed: null,
    operator: { state: "none", by: null, at: null, comment: null, assigned: null }, history: [], flapping: false, evidence: [],
    runbook: null, text: { de: "Gerät ausgefallen", en: "Device down" }, ...more,
  } as Incident;
}

const hotspot = (id: string, uplink: string, more: Partial<Hotspot> = {}) => ({ id, name: id, district: "mitte", uplink, device: `ap-${id}`, entity: null, lat: 53.7, lon: 10, state: "usable", ...more }) as Hotspot;
const node = (id: string, parent: string | null, more = {}) => ({ id, name: id, district: "garstedt", parent, lat: 53.71, lon: 9.99, state: "unusable", ...more });
const net = (...nodes: ReturnType<typeof node>[]) => ({ nodes }) as unknown as Topology;
const hotspots = new Map([hotspot("h1", "sw-2"), hotspot("h2", "sw-3"), hotspot("h3", "core")].map((each) => [each.id, each]));
const topology = net(node("core", null), node("sw-1", "core"), node("sw-2", "sw-1"), node("sw-3", "between"), node("between", "sw-1"));
const member = (kind: string, id: string) => ({ kind, id, name: id, state: "unusable", reason: "fibre" }) as Incident["members"][number];

describe("the list of incidents", () => {
  const find = (query: string, ...list: Incident[]) =>
    filterIncidents(list, incidentFilterFrom(new URLSearchParams(query)), placesOf(hotspots.values(), topology), "mia", NOW).map((each) => each.id);

  it("each filter of the address counts", () => {
    const a = incident("a", { severity: "critical", operator: { state: "acknowledged", by: "mia", at: null, comment: null, assigned: "mia" } });
    const b = incident("b", { cause: { kind: "hotspot", id: "h1", name: "Rathaus" }, opened: new Date(NOW - 90_000_000).toISOString() });
    expect(find("", a, b)).toEqual(["a", "b"]);
    expect(find("severity=critical", a, b)).toEqual(["a"]);
    expect(find("district=mitte", a, b)).toEqual(["b"]);
    expect(find("handling=none", a, b)).toEqual(["b"]);
    expect(find("assigned=me", a, b)).toEqual(["a"]);
    expect(find("assigned=nobody", a, b)).toEqual(["b"]);
    expect(find("hours=24", a, b)).toEqual(["a"]);
    expect(find("hours=5", a, b)).toEqual(["a", "b"]); // no choice of the page
    expect(find("q=rathaus+gerat", a, b)).toEqual(["b"]);
  });

  it("an incident lies where any of its members lies", () => {
    expect(find("district=mitte", incident("a", { members: [member("hotspot", "h1")] }))).toEqual(["a"]);
  });

  it("who is hit hardest comes first, then the worse, then the newer", () => {
    const list = [incident("new", { opened: new Date(NOW).toISOString() }), incident("old"), incident("worse", { severity: "major" }), incident("hard", { priority: 11 })];
    expect(list.sort(byUrgency).map((each) => each.id)).toEqual(["hard", "worse", "new", "old"]);
  });
});

describe("the page of an incident", () => {
  it("what a person did stands in the timeline once, with who and from where", () => {
    const at = (s: number) => new Date(NOW + s * 1000).toISOString();
    const entry = (s: number, event: string, by: string | null = null) => ({ at: at(s), event, severity: "minor", members: 2, by, comment: null });
    const detail = {
      ...incident("a", { history: [{ at: at(10), by: "mia", via: "dashboard", action: "acknowledge", comment: "unterwegs", to: null, until: null }] }),
      log: [entry(0, "opened"), entry(10.2, "acknowledged", "mia"), entry(20, "member_joined"), entry(60, "changed")],
    } as unknown as IncidentDetail;
    expect(timelineOf(detail).map(({ what, by, via }) => [what, by, via])).toEqual([
      ["changed", null, null],
      ["member_joined", null, null],
      ["acknowledge", "mia", "dashboard"],
      ["opened", null, null],
    ]);
  });

  it("members hang below each other, over things that are well", () => {
    const [root, ...others] = memberTree(incident("a", { members: [member("device", "sw-2"), member("hotspot", "h1"), member("hotspot", "h2"), member("hotspot", "h3")] }), hotspots, topology);
    expect(root?.id).toBe("sw-1");
    expect(root?.children.map((each) => each.id)).toEqual(["sw-2", "h2"]);
    expect(root?.children[0]?.children.map((each) => each.id)).toEqual(["h1"]);
    expect(others.map((each) => each.id)).toEqual(["h3"]);
  });

  it("a circle in the inventory hides no member", () => {
    const circle = net(node("a", "b"), node("b", "a"));
    const tree = memberTree(incident("x", { cause: { kind: "device", id: "a", name: "a" }, members: [member("device", "b")] }), new Map(), circle);
    expect(tree.map((each) => each.id).sort()).toEqual(["a", "b"]);
  });

  it("evidence leads to its series: of the part that it names, or of the first that has the metric", () => {
    const of = (cause: Incident["cause"], metric: string) => evidenceSources(incident("a", { cause }), metric, hotspots, topology);
    expect(of({ kind: "device", id: "sw-1", name: "" }, "reachable")).toEqual(["sw-1"]);
    expect(of({ kind: "device", id: "sw-1", name: "" }, "interface.oper")).toEqual(["core", "sw-1"]);
    expect(of({ kind: "hotspot", id: "h1", name: "" }, "reachable")).toEqual(["ap-h1"]);
    expect(of({ kind: "monitor", id: "", name: "" }, "reachable")).toEqual([]);
    const entity = (id: string, metric: string) => ({ id, ref: `sw-1/${id}`, values: [{ metric }] }) as never;
    const entities = [entity("device", "reachable"), entity("if/1", "interface.oper"), entity("if/2", "interface.oper")];
    const series = (metric: string, named: string) => evidenceSeries({ metric, entity: named, value: 0, limit: 1, at: null }, entities);
    expect(series("interface.oper", "if/2")).toBe("sw-1/if/2");
    expect(series("interface.oper", "")).toBe("sw-1/if/1");
    expect(series("optic.rx_power", "if/2")).toBe(null);
  });

  it("the span of a series ends with the incident, in whole minutes", () => {
    const closed = new Date(NOW - 1_800_500).toISOString();
    expect(evidenceSpan(incident("a", { closed }), NOW)).toEqual({ from: "2026-03-01T10:30:00.000Z", to: "2026-03-01T11:39:00.000Z" });
    expect(evidenceSpan(incident("a"), NOW).to).toBe("2026-03-01T12:00:00.000Z");
  });

  it("the map shows members and cause, the cause on top, and a thing without a place nowhere", () => {
    const lost = net(node("sw-1", null), node("nowhere", null, { lat: null, lon: null }));
    const spots = spotsOf(incident("a", { members: [member("hotspot", "h1"), member("device", "nowhere"), member("device", "sw-1")] }), hotspots, lost);
    expect(spots.map(({ id, isCause }) => [id, isCause])).toEqual([["h1", false], ["sw-1", true]]);
    const at = projectInto(boxAround(spots)!, 640, 300);
    for (const spot of spots) {
      const [x, y] = at(spot.lat, spot.lon);
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(640);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(300);
    }
    expect(boxAround([])).toBe(null);
  });
});
