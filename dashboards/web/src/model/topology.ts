// SPDX-License-Identifier: GPL-3.0-or-later
// topology.ts - the uplink tree as the page shows it: branches with what hangs on them, and what falls if they fall. Pure.

import type { Hotspot, Topology, TopologyNode } from "../api/types";

export interface Branch {
  id: string;
  name: string;
  /** A device's kind, or "hotspot". */
  kind: string;
  state: string;
  reason: string;
  node: TopologyNode | null;
  /** LLDP or PoE say so, not the inventory. */
  isProposed: boolean;
  children: Branch[];
  /** Ids of the hotspots that lose their way, their power or their controller if this falls. */
  falls: ReadonlySet<string>;
}

const KIND_ORDER = ["switch", "router", "olt", "controller", "ups", "other", "ap", "hotspot"];

function byKindAndName(language: string): (a: Branch, b: Branch) => number {
  const names = new Intl.Collator(language, { numeric: true });
  return (a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || names.compare(a.name, b.name);
}

function ofNode(node: TopologyNode): Branch {
  const isProposed = node.evidence === "lldp" || node.evidence === "poe";
  return { ...named(node, node.kind), node, isProposed };
}

function named(thing: { id: string; name: string; state: string; reason: string }, kind: string): Branch {
  const { id, name, state, reason } = thing;
  return { id, name: name || id, kind, state, reason, node: null, isProposed: false, children: [], falls: new Set() };
}

/** What each device feeds, by the links of kind "power". */
function fedBy(topology: Topology): Map<string, string[]> {
  const fed = new Map<string, string[]>();
  for (const link of topology.links) {
    if (link.kind === "power") fed.set(link.to, [...(fed.get(link.to) ?? []), link.from]);
  }
  return fed;
}

/** The hotspots that are rows of each controller: without it they serve nobody. */
function rowsOf(hotspots: readonly Hotspot[]): Map<string, string[]> {
  const rows = new Map<string, string[]>();
  for (const { id, device, entity } of hotspots) {
    if (!device || entity === null) continue;
    const list = rows.get(device);
    if (list) list.push(id);
    else rows.set(device, [id]);
  }
  return rows;
}

/** All that hangs on it, is fed by it or is its row, and so on; a circle (a mistake in the inventory) is walked once. */
function fallsWith(branch: Branch, branches: ReadonlyMap<string, Branch>, fed: ReadonlyMap<string, readonly string[]>, rows: ReadonlyMap<string, readonly string[]>): Set<string> {
  const falls = new Set<string>();
  const seen = new Set([branch]);
  for (const at of seen) {
    for (const child of at.children) {
      if (child.kind === "hotspot") falls.add(child.id);
      else seen.add(child);
    }
    for (const id of fed.get(at.id) ?? []) {
      const other = branches.get(id);
      if (other) seen.add(other);
    }
    rows.get(at.id)?.forEach((id) => falls.add(id));
  }
  return falls;
}

/** The roots: the core first, then whatever hangs on nothing that is known. */
export function buildTree(topology: Topology, hotspots: readonly Hotspot[], language: string): Branch[] {
  const branches = new Map(topology.nodes.map((node) => [node.id, ofNode(node)]));
  const proposed = new Map(topology.proposals.map((each) => [each.device.id, each.parent.id]));
  const roots: Branch[] = [];
  const hang = (branch: Branch, parent: string | null | undefined) => {
    const above = parent ? branches.get(parent) : undefined;
    if (above) above.children.push(branch);
    else roots.push(branch);
  };
  for (const branch of branches.values()) hang(branch, branch.node?.parent);
  for (const hotspot of hotspots) {
    const guess = proposed.get(hotspot.id) ?? (hotspot.entity === null ? proposed.get(hotspot.device ?? "") : undefined);
    hang({ ...named(hotspot, "hotspot"), isProposed: !hotspot.uplink && guess !== undefined }, hotspot.uplink ?? guess);
  }
  const fed = fedBy(topology);
  const rows = rowsOf(hotspots);
  for (const branch of branches.values()) branch.falls = fallsWith(branch, branches, fed, rows);
  const order = byKindAndName(language);
  branches.forEach((branch) => branch.children.sort(order));
  return roots.sort((a, b) => Number(b.node?.is_core ?? false) - Number(a.node?.is_core ?? false) || order(a, b));
}

/** Ids from the root to `id`, itself included; empty: it is not in the tree. */
export function pathTo(roots: readonly Branch[], id: string): string[] {
  for (const root of roots) {
    if (root.id === id) return [id];
    const below = pathTo(root.children, id);
    if (below.length > 0) return [root.id, ...below];
  }
  return [];
}

/** All that can be opened down to the devices that carry hotspots: those themselves stay closed. */
export function idsWithDevices(roots: readonly Branch[]): string[] {
  return roots.flatMap((root) =>
    root.children.some((child) => child.kind !== "hotspot") ? [root.id, ...idsWithDevices(root.children)] : [],
  );
}

export function isTroubled(state: string): boolean {
  return state === "unusable" || state === "degraded";
}

/** Leaves only what is in trouble and the way to it. */
export function onlyTrouble(roots: readonly Branch[]): Branch[] {
  return roots.flatMap((root) => {
    const children = onlyTrouble(root.children);
    return children.length > 0 || isTroubled(root.state) ? [{ ...root, children }] : [];
  });
}

/** Links that a neighbour has been seen on, of all stated ones between devices that can be seen. */
export function confirmed(topology: Topology): { seen: number; all: number } {
  const stated = topology.nodes.filter((node) => node.evidence === "inventory");
  return { seen: stated.filter((node) => node.seen !== "no").length, all: stated.length };
}

/** 0..1 of the uplink's speed in the busier direction; null: not known. */
export function utilization(node: TopologyNode): number | null {
  const { load } = node;
  if (!load?.speed) return null;
  return Math.min(1, Math.max(load.down ?? 0, load.up ?? 0) / load.speed);
}

/** "if/ge-0/0/7" as people say it. */
export function portName(port: string | null | undefined): string {
  return (port ?? "").replace(/^if\//, "");
}
