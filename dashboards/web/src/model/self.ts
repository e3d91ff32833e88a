// SPDX-License-Identifier: GPL-3.0-or-later
// self.ts - what the figures of netzwacht's daemons say together. Pure.

import type { Self, SelfDaemon, SelfFigure } from "../api/types";

/** A figure and whose it is. */
export interface Told {
  daemon: string;
  figure: SelfFigure;
}

export type Points = readonly (number | null)[];

const TROUBLE = new Set(["rejected", "late", "lost", "shed"]);
const RECENT = 10;
/** A poll this late is worth a look: the next cycle begins 60 s after the last. */
export const LATE_S = 1;
/** Stands for a figure that is not there. */
const NOTHING: SelfFigure = { name: "", kind: "counter", class: "done", value: null, rate: null, hour: null, points: null };

export function figureOf(daemon: SelfDaemon | undefined, name: string): SelfFigure | null {
  return daemon?.figures.find((figure) => figure.name === name) ?? null;
}

/** "netzwacht-store" is "store" to those who know where they are. */
export function shortName(daemon: string): string {
  return daemon.replace(/^netzwacht-/, "");
}

function allOf(self: Self): Told[] {
  return self.daemons.flatMap((daemon) => daemon.figures.map((figure) => ({ daemon: daemon.name, figure })));
}

/** Growth in the last hour of a counter, the value of a gauge. */
export function recentOf(figure: SelfFigure): number {
  return (figure.kind === "counter" ? figure.hour : figure.value) ?? 0;
}

/** What was rejected, late, lost or shed: first what grows now, then what has grown since the start; and what never did. */
export function troubles(self: Self): { some: Told[]; none: Told[] } {
  const all = allOf(self).filter(({ figure }) => TROUBLE.has(figure.class));
  const some = all.filter(({ figure }) => (figure.value ?? 0) > (figure.name.endsWith("_seconds") ? LATE_S : 0) || (figure.hour ?? 0) > 0);
  some.sort((a, b) => recentOf(b.figure) - recentOf(a.figure) || (b.figure.value ?? 0) - (a.figure.value ?? 0));
  return { some, none: all.filter((told) => !some.includes(told)) };
}

/** Everything else, by daemon. */
export function restOf(daemon: SelfDaemon): SelfFigure[] {
  return daemon.figures.filter((figure) => !TROUBLE.has(figure.class));
}

const WITHIN = /^poll_answered_within_(\d+)(ms|s)_total$/;

/** The histogram of the collector: how many polls of the last hour were answered within so many seconds of being due. */
function bounds(daemon: SelfDaemon): { seconds: number; count: number }[] {
  const found = daemon.figures.flatMap((figure) => {
    const [, number, unit] = WITHIN.exec(figure.name) ?? [];
    return number ? [{ seconds: Number(number) * (unit === "ms" ? 1e-3 : 1), count: recentOf(figure) }] : [];
  });
  return found.sort((a, b) => a.seconds - b.seconds);
}

/** Within how many seconds this share of the polls was answered; or that it took longer than the largest bound; null: there
 * were none. */
export function answeredWithin(daemon: SelfDaemon | undefined, share: number): { seconds: number; isLonger: boolean } | null {
  const all = recentOf(figureOf(daemon, "poll_answered_total") ?? NOTHING);
  const steps = daemon ? bounds(daemon) : [];
  const last = steps.at(-1);
  if (all <= 0 || !last) return null;
  const found = steps.find(({ count }) => count >= all * share);
  return found ? { seconds: found.seconds, isLonger: false } : { seconds: last.seconds, isLonger: true };
}

export interface Work {
  /** Per second, of the last five minutes; null: not known. */
  polls: number | null;
  pollPoints: Points | null;
  /** Seconds, the worst of the last five minutes. */
  lateness: number | null;
  latenessPoints: Points | null;
  /** Of all datagrams that came in, in the last hour. */
  rejected: number;
  rejectedShare: number | null;
  /** In the last hour, all daemons. */
  lost: number;
}

/** Requests without an answer are the network's losses, not ours. */
const NOT_OURS = new Set(["poll_misses_total", "snmp_timeouts_total"]);

export function workOf(self: Self): Work {
  const all = allOf(self);
  const find = (name: string) => all.find(({ figure }) => figure.name === name)?.figure ?? null;
  const sum = (wanted: (figure: SelfFigure) => boolean) =>
    all.filter(({ figure }) => figure.kind === "counter" && wanted(figure)).reduce((total, { figure }) => total + recentOf(figure), 0);
  const polls = find("polls_total");
  const late = find("poll_lateness_max_seconds");
  const recent = [...(late?.points ?? []).slice(-RECENT), late?.value ?? null].filter((each) => each !== null);
  const rejected = sum((figure) => figure.class === "rejected" && figure.name.startsWith("snmp_"));
  const accepted = recentOf(find("snmp_replies_total") ?? NOTHING);
  return {
    polls: polls?.rate ?? null,
    pollPoints: polls?.points ?? null,
    lateness: recent.length > 0 ? Math.max(...recent) : null,
    latenessPoints: late?.points ?? null,
    rejected,
    rejectedShare: rejected + accepted > 0 ? rejected / (rejected + accepted) : null,
    lost: sum((figure) => figure.class === "lost" && !NOT_OURS.has(figure.name)),
  };
}

/** The partition that it is furthest behind; null: it reads none. */
export function worstLag(daemon: SelfDaemon): SelfDaemon["lag"][number] | null {
  return daemon.lag.reduce<SelfDaemon["lag"][number] | null>((worst, lag) => (worst === null || lag.seconds > worst.seconds ? lag : worst), null);
}

/** What waits now. */
export function queueOf(daemon: SelfDaemon): number | null {
  const queues = daemon.figures.filter((figure) => figure.class === "queue");
  return queues.length > 0 ? queues.reduce((sum, figure) => sum + (figure.value ?? 0), 0) : null;
}

/** The strokes of a sparkline in a box of width × height: a gap ends one and begins another; a lone point becomes a dash. */
export function sparkPath(points: Points, width: number, height: number): string {
  const known = points.filter((each) => each !== null);
  const top = Math.max(...known, 0);
  const bottom = Math.min(...known, 0);
  const scale = top > bottom ? height / (top - bottom) : 0;
  const x = (index: number) => Math.round((index / Math.max(1, points.length - 1)) * width * 10) / 10;
  const y = (value: number) => Math.round((height - (value - bottom) * scale) * 10) / 10;
  let path = "";
  let isOpen = false;
  points.forEach((value, index) => {
    if (value === null) {
      isOpen = false;
      return;
    }
    path += isOpen ? `L${x(index)} ${y(value)}` : `M${x(index)} ${y(value)}h0.5`;
    isOpen = true;
  });
  return path;
}
