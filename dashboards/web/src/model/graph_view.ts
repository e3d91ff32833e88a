// SPDX-License-Identifier: GPL-3.0-or-later
// graph_view.ts - what the graphs page shows, as its address says it, and how zooming and moving changes that. Pure.

export interface Line {
  /** As Entity.ref: "ap-0001/radio/0", "hotspot/hs-0001", "probe/hs-0001/probe". */
  ref: string;
  metric: string;
}

export interface GraphView {
  lines: Line[];
  /** Seconds; within SPAN_LEAST and SPAN_MOST. */
  span: number;
  /** Seconds since the epoch; null: up to now. */
  to: number | null;
  withLastWeek: boolean;
  withPercentiles: boolean;
}

/** More are wool, and each is a request. */
export const LINES_MOST = 8;
export const SPAN_LEAST = 60;
/** Ten years, as the server keeps and answers them. */
export const SPAN_MOST = 3_650 * 86_400;
export const SPAN_DEFAULT = 3_600;

export const SPANS = [
  ["hour", 3_600],
  ["day", 86_400],
  ["week", 604_800],
  ["month", 30 * 86_400],
  ["year", 365 * 86_400],
  ["decade", SPAN_MOST],
] as const;

function numberOf(text: string | null): number | null {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

function clampSpan(span: number): number {
  return Math.round(Math.min(SPAN_MOST, Math.max(SPAN_LEAST, span)));
}

/** "ap-0001/ap/02:00:00:00:00:01:wireless.clients": a name of a metric has no colon, an entity's may. */
export function parseLine(text: string): Line | null {
  const at = text.lastIndexOf(":");
  const ref = text.slice(0, at);
  const metric = text.slice(at + 1);
  return at > 0 && ref.length <= 320 && ref.includes("/") && /^[a-z0-9_.]{1,63}$/.test(metric) ? { ref, metric } : null;
}

export function lineText({ ref, metric }: Line): string {
  return `${ref}:${metric}`;
}

export function parseView(query: URLSearchParams): GraphView {
  const known = new Map(query.getAll("s").flatMap((text) => {
    const line = parseLine(text);
    return line ? [[lineText(line), line] as const] : [];
  }));
  return {
    lines: [...known.values()].slice(0, LINES_MOST),
    span: clampSpan(numberOf(query.get("span")) ?? SPAN_DEFAULT),
    to: numberOf(query.get("to")),
    withLastWeek: query.get("week") === "1",
    withPercentiles: query.get("percentiles") === "1",
  };
}

export function queryOf(view: GraphView): URLSearchParams {
  const query = new URLSearchParams(view.lines.map((line) => ["s", lineText(line)]));
  query.set("span", String(view.span));
  if (view.to !== null) query.set("to", String(view.to));
  if (view.withLastWeek) query.set("week", "1");
  if (view.withPercentiles) query.set("percentiles", "1");
  return query;
}

/** Past the present there is nothing to see: the view then follows it. */
function ending(view: GraphView, to: number, now: number): GraphView {
  return { ...view, to: to >= now ? null : Math.round(to) };
}

/** Shows what lies between two times. */
export function zoomTo(view: GraphView, from: number, to: number, now: number): GraphView {
  return ending({ ...view, span: clampSpan(to - from) }, to, now);
}

/** factor 2: twice the time around the same middle; up to now stays up to now. */
export function zoomBy(view: GraphView, factor: number, now: number): GraphView {
  const span = clampSpan(view.span * factor);
  if (view.to === null) return { ...view, span };
  return ending({ ...view, span }, view.to - view.span / 2 + span / 2, now);
}

/** share -0.5: half of what is shown towards the past. */
export function moveBy(view: GraphView, share: number, now: number): GraphView {
  return ending(view, (view.to ?? now) + view.span * share, now);
}

export function addLines(view: GraphView, lines: readonly Line[]): GraphView {
  const all = new Map([...view.lines, ...lines].map((line) => [lineText(line), line]));
  return { ...view, lines: [...all.values()].slice(0, LINES_MOST) };
}

export function withoutLine(view: GraphView, line: Line): GraphView {
  return { ...view, lines: view.lines.filter((each) => lineText(each) !== lineText(line)) };
}

/** The id of what a line belongs to: a hotspot, a device or a service. */
export function thingOf(ref: string): string {
  const [first = "", second = ""] = ref.split("/", 2);
  return first === "hotspot" || first === "probe" ? second : first;
}

/** What of the ref names the part: "radio/0"; empty for a hotspot or a probe as a whole. */
export function partOf(ref: string): string {
  const [first = "", ...rest] = ref.split("/");
  return first === "hotspot" || first === "probe" ? "" : rest.join("/");
}
