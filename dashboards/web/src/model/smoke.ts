// SPDX-License-Identifier: GPL-3.0-or-later
// smoke.ts - the distribution of ping rounds over time, after Oetiker's SmokePing: each answer of a round in ascending order, the
// bands between the fastest and the slowest, the median among them. Pure.

import { columnOf, type SeriesAnswer, type Value } from "./series";

/** As many as lib/model/metric_list.h has; the server gives up to eight metrics an answer. */
const PINGS_MAX = 10;
const METRICS_AN_ANSWER = 8;

export const MEDIAN = "probe.icmp.rtt";
export const LOSS = "probe.icmp.loss";

/** The questions that together give a hotspot's smoke: the metrics of each. */
export function smokeQuestions(): string[][] {
  const metrics = [MEDIAN, LOSS, ...Array.from({ length: PINGS_MAX }, (_, i) => `probe.icmp.smoke${i + 1}`)];
  const questions: string[][] = [];
  for (let at = 0; at < metrics.length; at += METRICS_AN_ANSWER) questions.push(metrics.slice(at, at + METRICS_AN_ANSWER));
  return questions;
}

export interface Smoke {
  /** The answers of each round, fastest first, then the median: what is drawn. A lost ping stands at the slowest answer of its
   * round, so that the band narrows there and does not break off. */
  drawn: SeriesAnswer;
  /** How many of its columns are answers. */
  pings: number;
  /** Median, fastest, slowest: what is said in words and stands in the table. */
  told: SeriesAnswer;
  loss: SeriesAnswer;
}

function pick(from: SeriesAnswer, names: readonly string[], columns: readonly Value[][]): SeriesAnswer {
  return { start: from.start, step: from.step, columns: [...names], rows: from.rows.map((_, row) => columns.map((column) => column[row] ?? null)) };
}

/** Answers that do not lie on the same steps cannot be put together: null. So does one without a single answer of a ping. */
export function smokeOf(answers: readonly SeriesAnswer[]): Smoke | null {
  const [first] = answers;
  if (!first || answers.some((answer) => answer.step !== first.step)) return null;
  const columns = new Map<string, Value[]>();
  for (const answer of answers) {
    const shift = Math.round((first.start - answer.start) / first.step);
    answer.columns.forEach((name, index) => {
      const column = columnOf(answer, index);
      columns.set(name, first.rows.map((_, row) => column[row + shift] ?? null));
    });
  }
  const of = (name: string) => columns.get(name) ?? first.rows.map(() => null);
  const pings = Array.from({ length: PINGS_MAX }, (_, i) => of(`probe.icmp.smoke${i + 1}`)).filter((column) => column.some((value) => value !== null));
  if (pings.length === 0) return null;
  const fastest = pings[0] ?? [];
  const slowest = first.rows.map((_, row) => pings.reduce<Value>((found, column) => column[row] ?? found, null));
  return {
    drawn: pick(first, [...pings.map((_, i) => `probe.icmp.smoke${i + 1}`), MEDIAN], [...pings.map((column) => column.map((value, row) => value ?? slowest[row] ?? null)), of(MEDIAN)]),
    pings: pings.length,
    told: pick(first, ["median", "fastest", "slowest"], [of(MEDIAN), fastest, slowest]),
    loss: pick(first, [LOSS], [of(LOSS)]),
  };
}

/** The pairs that bands lie between, the widest first: slowest and fastest, second slowest and second fastest and so on. */
export function bandsOf(pings: number): [upper: number, lower: number][] {
  return Array.from({ length: Math.floor(pings / 2) }, (_, i) => [pings - 1 - i, i]);
}
