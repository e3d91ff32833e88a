// SPDX-License-Identifier: GPL-3.0-or-later
// annotations.ts - what happened while the values of a graph were read: incidents, maintenance, changes of hardware. Pure.

import type { AssetChange, Incident, Maintenance } from "../api/types";

export interface Annotation {
  kind: "incident" | "maintenance" | "change";
  id: string;
  /** Seconds since the epoch; a change is a moment: until = from; null: goes on. */
  from: number;
  until: number | null;
  text: { de: string; en: string };
  /** The page that tells more: ["incidents", "inc-1"]; null where there is none. */
  page: readonly [string, string] | null;
}

function secondsOf(time: string): number {
  return Date.parse(time) / 1000;
}

function ofIncident({ id, opened, closed, text }: Incident): Annotation {
  const both = { de: text.de ?? id, en: text.en ?? id };
  return { kind: "incident", id, from: secondsOf(opened), until: closed === null ? null : secondsOf(closed), text: both, page: ["incidents", id] };
}

/** A window that was refused never was one. */
function ofWindow({ id, target_name: name, begin, end, comment }: Maintenance): Annotation {
  const text = comment ? `${name}: ${comment}` : name;
  return { kind: "maintenance", id, from: secondsOf(begin), until: secondsOf(end), text: { de: text, en: text }, page: null };
}

function ofChange(device: string, { at, entity, before, after }: AssetChange): Annotation {
  const text = `${entity ?? device}: ${before} → ${after}`;
  return { kind: "change", id: `${device} ${at} ${entity ?? ""} ${after}`, from: secondsOf(at), until: secondsOf(at), text: { de: text, en: text }, page: ["devices", device] };
}

export interface Happenings {
  incidents: readonly Incident[];
  windows: readonly Maintenance[];
  changes: ReadonlyArray<{ device: string; items: readonly AssetChange[] }>;
}

/** Each thing once, however many of the lines it concerns; `targets`: whose maintenance counts. */
export function annotationsOf({ incidents, windows, changes }: Happenings, targets: ReadonlySet<string>): Annotation[] {
  const all = [
    ...incidents.map(ofIncident),
    ...windows.filter((each) => each.status !== "refused" && targets.has(each.target)).map(ofWindow),
    ...changes.flatMap(({ device, items }) => items.map((each) => ofChange(device, each))),
  ].filter((each) => Number.isFinite(each.from));
  const once = new Map(all.map((each) => [`${each.kind} ${each.id}`, each]));
  return [...once.values()].sort((a, b) => a.from - b.from);
}

/** Those that touch from…to. */
export function within(annotations: readonly Annotation[], from: number, to: number): Annotation[] {
  return annotations.filter((each) => each.from <= to && (each.until ?? Infinity) >= from);
}
