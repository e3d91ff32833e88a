// SPDX-License-Identifier: GPL-3.0-or-later
// incidents.ts - which incidents the console shows and in what order, what happened to one, and who hangs on whom among
// its members. Pure.

import type { Entity, Hotspot, Incident, IncidentDetail, Member, Topology } from "../api/types";
import { fold } from "./filter";

export const SEVERITIES = ["critical", "major", "minor", "warning", "indeterminate", "cleared"] as const;

export interface IncidentFilter {
  severity: string; // "": all
  district: string; // "": all
  handling: string; // "": all; or the operator's state
  assigned: string; // "": all; "me", "nobody"
  hours: number; // began within; 0: at any time
  text: string;
}

const HOURS = new Set([1, 4, 24, 168]);

export function incidentFilterFrom(query: URLSearchParams): IncidentFilter {
  const hours = Number(query.get("hours"));
  return {
    severity: query.get("severity") ?? "",
    district: query.get("district") ?? "",
    handling: query.get("handling") ?? "",
    assigned: query.get("assigned") ?? "",
    hours: HOURS.has(hours) ? hours : 0,
    text: query.get("q") ?? "",
  };
}

/** Where the things that an incident can name stand. */
export type Places = ReadonlyMap<string, string>;

export function placesOf(hotspots: Iterable<Hotspot>, topology: Topology | null): Places {
  const places = new Map<string, string>();
  for (const { id, district } of topology?.nodes ?? []) places.set(id, district);
  for (const { id, district } of hotspots) places.set(id, district);
  return places;
}

export function filterIncidents(incidents: Iterable<Incident>, filter: IncidentFilter, places: Places, user: string | null, now: number): Incident[] {
  const words = fold(filter.text).split(/\s+/).filter(Boolean);
  const isIn = (incident: Incident) => places.get(incident.cause.id) === filter.district || incident.members.some((member) => places.get(member.id) === filter.district);
  return [...incidents].filter((incident) => {
    const { state, assigned } = incident.operator;
    if (filter.severity !== "" && incident.severity !== filter.severity) return false;
    if (filter.handling !== "" && state !== filter.handling) return false;
    if (filter.assigned === "me" && assigned !== user) return false;
    if (filter.assigned === "nobody" && assigned !== null) return false;
    if (filter.hours > 0 && Date.parse(incident.opened) < now - filter.hours * 3_600_000) return false;
    if (filter.district !== "" && !isIn(incident)) return false;
    if (words.length === 0) return true;
    const hay = fold(`${incident.id} ${incident.type} ${incident.cause.id} ${incident.cause.name} ${incident.text.de} ${incident.text.en} ${assigned ?? ""}`);
    return words.every((word) => hay.includes(word));
  });
}

/** Who is hit hardest comes first; among equals the worse, then the newer. */
export function byUrgency(a: Incident, b: Incident): number {
  return b.priority - a.priority || SEVERITIES.indexOf(a.severity as never) - SEVERITIES.indexOf(b.severity as never) || Date.parse(b.opened) - Date.parse(a.opened);
}

// ---- timeline

export interface Moment {
  at: string;
  /** An event of the incident ("opened", "member_joined" …) or what a person did ("acknowledge", "assign" …). */
  what: string;
  isPerson: boolean;
  by: string | null;
  via: string | null;
  to: string | null;
  until: string | null;
  comment: string | null;
  severity: string | null;
  members: number | null;
}

/** What follows at once from something a person did. */
const ECHOES = new Set(["acknowledged", "shelved", "changed", "commented"]);
const ECHO_MS = 2_000;

/** Every event and everything people did, newest first. The event that only says that somebody did something is left out. */
export function timelineOf(incident: IncidentDetail): Moment[] {
  const people: Moment[] = incident.history.map((change) => ({
    at: change.at,
    what: change.action,
    isPerson: true,
    by: change.by,
    via: change.via,
    to: change.to,
    until: change.until,
    comment: change.comment,
    severity: null,
    members: null,
  }));
  const isEcho = (entry: IncidentDetail["log"][number]) =>
    ECHOES.has(entry.event) && people.some((each) => Math.abs(Date.parse(each.at) - Date.parse(entry.at)) < ECHO_MS && (entry.by === null || entry.by === each.by));
  const events: Moment[] = incident.log
    .filter((entry) => !isEcho(entry))
    .map((entry) => ({
      at: entry.at,
      what: entry.event,
      isPerson: false,
      by: entry.by,
      via: null,
      to: null,
      until: null,
      comment: entry.comment,
      severity: entry.severity,
      members: entry.members,
    }));
  return [...events, ...people]
    .map((moment, index) => ({ moment, index }))
    .sort((a, b) => Date.parse(b.moment.at) - Date.parse(a.moment.at) || b.index - a.index)
    .map(({ moment }) => moment);
}

// ---- members

export interface MemberBranch {
  id: string;
  kind: string;
  name: string;
  /** null: the cause, whose state the incident does not say. */
  member: Member | null;
  children: MemberBranch[];
}

const STEPS_AT_MOST = 64;

/** The members below each other as they hang in the network; between two of them there may be things that are well. */
export function memberTree(incident: Incident, hotspots: ReadonlyMap<string, Hotspot>, topology: Topology | null): MemberBranch[] {
  const nodes = new Map((topology?.nodes ?? []).map((node) => [node.id, node]));
  const branches = new Map<string, MemberBranch>();
  if (incident.cause.id) branches.set(incident.cause.id, { ...incident.cause, member: null, children: [] });
  for (const member of incident.members) branches.set(member.id, { id: member.id, kind: member.kind, name: member.name, member, children: [] });
  const above = (id: string) => hotspots.get(id)?.uplink ?? hotspots.get(id)?.device ?? nodes.get(id)?.parent ?? null;
  const roots: MemberBranch[] = [];
  for (const branch of branches.values()) {
    let parent = above(branch.id);
    for (let steps = 0; parent !== null && !branches.has(parent) && steps < STEPS_AT_MOST; steps += 1) parent = above(parent);
    const holder = parent !== null && parent !== branch.id ? branches.get(parent) : undefined;
    (holder ? holder.children : roots).push(branch);
  }
  return isWhole(roots, branches.size) ? roots : [...branches.values()].map((branch) => ({ ...branch, children: [] }));
}

/** A circle in the inventory would hang its things on each other and show none of them. */
function isWhole(roots: readonly MemberBranch[], count: number): boolean {
  const countOf = (list: readonly MemberBranch[]): number => list.reduce((sum, branch) => sum + 1 + countOf(branch.children), 0);
  return countOf(roots) === count;
}

// ---- evidence

/** The devices whose series an incident's evidence can be of, the likelier first: what a port says of a cut is said by the
 * device at the other end. */
export function evidenceSources(incident: Incident, metric: string, hotspots: ReadonlyMap<string, Hotspot>, topology: Topology | null): string[] {
  const { kind, id } = incident.cause;
  const own = kind === "device" ? id : kind === "hotspot" ? (hotspots.get(id)?.device ?? null) : null;
  const above = metric.startsWith("interface.") ? (topology?.nodes.find((node) => node.id === own)?.parent ?? null) : null;
  return [above, own].filter((each) => each !== null);
}

/** The series of a piece of evidence among all that these devices have; where the evidence names no part, the first that has
 * this metric. null: there is none. */
export function evidenceSeries(evidence: Incident["evidence"][number], entities: readonly Pick<Entity, "id" | "ref" | "values">[]): string | null {
  const hasMetric = (entity: Pick<Entity, "values">) => entity.values.some(({ metric }) => metric === evidence.metric);
  return entities.find((entity) => (evidence.entity === "" || entity.id === evidence.entity) && hasMetric(entity))?.ref ?? null;
}

const BEFORE_MS = 30 * 60_000;
const AFTER_MS = 10 * 60_000;

/** From half an hour before the incident until it was over, or now. Whole minutes, so that a page that is drawn again asks
 * for the same. */
export function evidenceSpan(incident: Incident, now: number): { from: string; to: string } {
  const minute = (t: number) => new Date(Math.floor(t / 60_000) * 60_000).toISOString();
  const end = incident.closed ? Math.min(now, Date.parse(incident.closed) + AFTER_MS) : now;
  return { from: minute(Date.parse(incident.opened) - BEFORE_MS), to: minute(end) };
}
