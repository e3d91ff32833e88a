// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Hotspot, Topology } from "../src/api/types";
import { TEXTS } from "../src/i18n/texts";
import { buildTree, confirmed, idsWithDevices, onlyTrouble, pathTo, portName, utilization, type Branch } from "../src/model/topology";

type Node = Topology["nodes"][number];

function node(id: string, parent: string | null, more: Partial<Node> = {}): Node {
  const hotspots = { usable: 0, degraded: 0, unusable: 0, unknown: 0, maintenance: 0 } as Node["hotspots"];
  return {
    id, name: id, kind: "switch", district: "", lat: null, lon: null, is_core: false, state: "usable", reason: "none", incident: null,
    hotspots, clients: 0, parent, evidence: parent ? "inventory" : "none", seen: "no", parent_port: null, own_port: null,
    is_in_ring: false, load: null, ...more,
  };
}

function hotspot(id: string, uplink: string | null, more: Partial<Hotspot> = {}): Hotspot {
  return { id, name: id, state: "usable", reason: "none", clients: 1, device: `ap-${id}`, entity: null, uplink, ...more } as Hotspot;
}

function topology(nodes: Node[], more: Partial<Topology> = {}): Topology {
  return { nodes, links: [], contradictions: [], contradiction_count: 0, proposals: [], proposal_count: 0, strangers: [], stranger_count: 0, ...more };
}

const city = topology(
  [
    node("ups", "agg", { kind: "ups" }),
    node("sw-10", "agg"),
    node("sw-2", "agg", { seen: "both_ends" }),
    node("agg", "core", { seen: "one_end" }),
    node("wlc", "core", { kind: "controller" }),
    node("core", null, { is_core: true }),
    node("lost", null),
  ],
  { links: [{ from: "sw-2", to: "ups", kind: "power", from_port: null, port: null, evidence: "inventory", seen: "no", is_ring: false, state: "usable" }] },
);
const hotspots = [hotspot("hs-1", "sw-2"), hotspot("hs-2", "sw-2", { device: "wlc", entity: "ap/1" }), hotspot("hs-3", "sw-10", { state: "unusable" }), hotspot("hs-4", null)];

function find(roots: readonly Branch[], id: string): Branch {
  const path = pathTo(roots, id);
  let branch = roots.find((root) => root.id === path[0]);
  for (const step of path.slice(1)) branch = branch?.children.find((child) => child.id === step);
  if (!branch) throw new Error(`no ${id}`);
  return branch;
}

const ids = (branches: readonly Branch[]) => branches.map((branch) => branch.id);
const falls = (roots: readonly Branch[], id: string) => [...find(roots, id).falls].sort();

describe("the network's tree", () => {
  const roots = buildTree(city, hotspots, "de");

  it("begins at the core; what hangs on nothing known stands beside it", () => {
    expect(ids(roots)).toEqual(["core", "lost", "hs-4"]);
    expect(pathTo(roots, "hs-1")).toEqual(["core", "agg", "sw-2", "hs-1"]);
    expect(pathTo(roots, "nobody")).toEqual([]);
  });

  it("puts switches before controllers, UPSs and hotspots, and 2 before 10", () => {
    expect(ids(find(roots, "core").children)).toEqual(["agg", "wlc"]);
    expect(ids(find(roots, "agg").children)).toEqual(["sw-2", "sw-10", "ups"]);
  });

  it("tells what falls: by way, by power, by controller, each hotspot once", () => {
    expect(falls(roots, "core")).toEqual(["hs-1", "hs-2", "hs-3"]);
    expect(falls(roots, "sw-2")).toEqual(["hs-1", "hs-2"]);
    expect(falls(roots, "ups")).toEqual(["hs-1", "hs-2"]);
    expect(falls(roots, "wlc")).toEqual(["hs-2"]);
    expect(falls(roots, "lost")).toEqual([]);
  });

  it("hangs a proposal where LLDP shows it, and marks it", () => {
    const party = (id: string) => ({ kind: "device" as const, id, name: id });
    const proposal = { device: party("ap-hs-4"), parent: party("sw-10"), parent_port: "if/1", evidence: "lldp" as const, seen: "one_end" as const };
    const guessed = buildTree({ ...city, proposals: [proposal], proposal_count: 1 }, hotspots, "de");
    expect(pathTo(guessed, "hs-4")).toEqual(["core", "agg", "sw-10", "hs-4"]);
    expect(find(guessed, "hs-4").isProposed).toBe(true);
    expect(find(guessed, "hs-3").isProposed).toBe(false);
  });

  it("ends where a mistake makes a circle of power", () => {
    const links = [...city.links, { ...city.links[0], from: "agg", to: "sw-2" }] as Topology["links"];
    expect(falls(buildTree({ ...city, links }, hotspots, "de"), "core")).toEqual(["hs-1", "hs-2", "hs-3"]);
  });

  it("opens down to the devices, not to their hotspots", () => {
    expect(idsWithDevices(roots)).toEqual(["core", "agg"]);
  });

  it("leaves trouble and the way to it", () => {
    const left = onlyTrouble(roots);
    expect(ids(left)).toEqual(["core"]);
    expect(pathTo(left, "hs-3")).toEqual(["core", "agg", "sw-10", "hs-3"]);
    expect(pathTo(left, "sw-2")).toEqual([]);
  });

  it("counts what LLDP confirms, of what the inventory states", () => {
    expect(confirmed(city)).toEqual({ seen: 2, all: 5 });
  });

  it("reckons load only where the speed is known", () => {
    expect(utilization(node("x", null, { load: { down: 2e8, up: 5e8, speed: 1e9 } }))).toBe(0.5);
    expect(utilization(node("x", null, { load: { down: 2e8, up: null, speed: null } }))).toBeNull();
    expect(utilization(node("x", null))).toBeNull();
    expect(portName("if/ge-0/0/7")).toBe("ge-0/0/7");
    expect(portName(null)).toBe("");
  });
});

describe("contradictions", () => {
  const list = process.env["NETZWACHT_STATE_LIST"]?.replace("state_list", "contradiction_list") ?? join(import.meta.dirname, "../../../lib/model/contradiction_list.h");
  it.skipIf(!existsSync(list))("each code of contradiction_list.h has its words and what to do", () => {
    const codes = [...readFileSync(list, "utf8").matchAll(/^CONTRADICTION\(\w+, "(\w+)"/gm)].map((match) => match[1]);
    expect(codes.length).toBe(8);
    expect(codes.filter((code) => !(`contradiction.${code}` in TEXTS) || !(`contradiction.todo.${code}` in TEXTS))).toEqual([]);
  });
});
