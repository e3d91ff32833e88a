// SPDX-License-Identifier: GPL-3.0-or-later
// values.ts - picks single values out of entities and probes. Pure.

import type { Entity, Probe, Value } from "../api/types";

export function valueOf(item: Pick<Entity | Probe, "values"> | undefined, metric: string): Value | undefined {
  return item?.values.find((value) => value.metric === metric);
}

export function numberOf(item: Pick<Entity | Probe, "values"> | undefined, metric: string): number | null {
  return valueOf(item, metric)?.value ?? null;
}

/** The first known value of a metric among several entities. */
export function firstNumber(items: readonly Pick<Entity, "values">[], metric: string): number | null {
  return items.map((item) => numberOf(item, metric)).find((value) => value !== null) ?? null;
}

export function hasAny(entity: Entity, metrics: readonly string[]): boolean {
  return metrics.some((metric) => valueOf(entity, metric) !== undefined);
}

export type Verdict = "ok" | "failed" | "unknown";

export interface ProbeRow {
  kind: "icmp" | "dns" | "portal" | "internet";
  verdict: Verdict;
  time: number | null; // seconds
  loss: number | null; // percent
  at: string | null;
}

function verdictOf(ok: number | null): Verdict {
  if (ok === null) return "unknown";
  return ok > 0 ? "ok" : "failed";
}

/** A probe record as the four questions a user would ask. Kinds without a value were not asked and are left out. */
export function probeRows(probe: Probe): ProbeRow[] {
  const loss = numberOf(probe, "probe.icmp.loss");
  const rows: ProbeRow[] = [];
  const has = (metric: string) => valueOf(probe, metric) !== undefined;
  const at = (metric: string) => valueOf(probe, metric)?.at ?? probe.at;
  if (has("probe.icmp.loss") || has("probe.icmp.rtt")) {
    const verdict = loss === null ? "unknown" : verdictOf(loss < 100 ? 1 : 0);
    rows.push({ kind: "icmp", verdict, time: numberOf(probe, "probe.icmp.rtt"), loss, at: at("probe.icmp.loss") });
  }
  for (const kind of ["dns", "portal", "internet"] as const) {
    const metric = `probe.${kind}.ok`;
    if (!has(metric)) continue;
    rows.push({ kind, verdict: verdictOf(numberOf(probe, metric)), time: numberOf(probe, `probe.${kind}.time`), loss: null, at: at(metric) });
  }
  return rows;
}
