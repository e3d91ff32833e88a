// SPDX-License-Identifier: GPL-3.0-or-later
// graphs.ts - the graphs that the server proposes, gathered: an access switch has 48 ports and needs one diagram of
// throughput with a choice of port, not 48 diagrams. Pure.

import type { Entity, Graph } from "../api/types";

export interface GraphOption {
  entity: string;
  label: string;
}

export interface GraphFamily {
  key: string;
  title: { de: string; en: string };
  metrics: string[];
  unit: string;
  options: GraphOption[];
}

/** The server writes "Durchsatz · eth0". */
const SEPARATOR = " · ";
/** With more lines than this a diagram is wool. */
const LINES_AT_MOST = 6;

/** What people open the page for; the rest stands behind a fold. */
const PRIMARY = ["wireless.clients", "wireless.utilization", "optic.rx_power", "ups.charge", "ups.runtime", "interface.in", "wireless.in", "probe.icmp.rtt"];

export function groupGraphs(graphs: readonly Graph[], entities: readonly Entity[], nameOf: (entity: Entity) => string): GraphFamily[] {
  const byRef = new Map(entities.map((entity) => [entity.ref, entity]));
  const families = new Map<string, GraphFamily>();
  for (const graph of graphs) {
    const key = `${graph.metrics.join()} ${graph.unit}`;
    const [de = "", label] = graph.title.de.split(SEPARATOR, 2);
    const [en = ""] = graph.title.en.split(SEPARATOR, 1);
    const family = families.get(key) ?? { key, title: { de, en }, metrics: graph.metrics, unit: graph.unit, options: [] };
    const entity = byRef.get(graph.entity);
    family.options.push({ entity: graph.entity, label: entity ? nameOf(entity) : (label ?? graph.entity) });
    families.set(key, family);
  }
  for (const family of families.values()) family.options = orderOptions(family.options);
  return [...families.values()];
}

/** The way to the core first, a loopback last: nobody wants to see 96 bit/s of it. */
function orderOptions(options: readonly GraphOption[]): GraphOption[] {
  const rank = ({ label }: GraphOption) => (/^lo\d*\b/.test(label) ? 2 : /uplink/i.test(label) ? 0 : 1);
  return [...options].sort((a, b) => rank(a) - rank(b));
}

export function isPrimary(family: GraphFamily): boolean {
  return PRIMARY.includes(family.metrics[0] ?? "");
}

/** Several things in one diagram make sense while each is one line. */
export function fitsTogether(family: GraphFamily): boolean {
  return family.metrics.length === 1 && family.options.length > 1 && family.options.length <= LINES_AT_MOST;
}
