// SPDX-License-Identifier: GPL-3.0-or-later
// series.ts - columnar answers of GET /series into what a chart and its table need. Pure.
// null is unknown and stays null: a gap is drawn as a gap, never as zero and never bridged.

export type Value = number | null;

/** As the API answers: rows[i] belongs to start + i * step. */
export interface SeriesAnswer {
  start: number;
  step: number;
  columns: string[];
  rows: Value[][];
  completeness?: number[];
}

export interface Gap {
  from: number;
  to: number;
}

/** Seconds since the epoch of each row. */
export function timesOf(series: SeriesAnswer): number[] {
  return series.rows.map((_, index) => series.start + index * series.step);
}

/** One column, transposed; a column that is not there is all unknown. */
export function columnOf(series: SeriesAnswer, index: number): Value[] {
  return series.rows.map((row) => {
    const value = row[index];
    return value === undefined || value === null || !Number.isFinite(value) ? null : value;
  });
}

/** The spans in which none of the columns has a value. */
export function gapsOf(series: SeriesAnswer): Gap[] {
  const gaps: Gap[] = [];
  let open: Gap | null = null;
  series.rows.forEach((row, index) => {
    const t = series.start + index * series.step;
    const isUnknown = row.every((value) => value === null || value === undefined);
    if (isUnknown && open) open.to = t + series.step;
    else if (isUnknown) gaps.push((open = { from: t, to: t + series.step }));
    else open = null;
  });
  return gaps;
}

/** Share of rows with a value in column `index`, 0..1; null without rows. */
export function completenessOf(series: SeriesAnswer, index: number): number | null {
  const given = series.completeness?.[index];
  if (given !== undefined && given !== null) return given;
  if (series.rows.length === 0) return null;
  return columnOf(series, index).filter((value) => value !== null).length / series.rows.length;
}

export interface Summary {
  minimum: Value;
  mean: Value;
  maximum: Value;
  last: Value;
}

export function summaryOf(values: readonly Value[]): Summary {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return { minimum: null, mean: null, maximum: null, last: null };
  return {
    minimum: Math.min(...known),
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    maximum: Math.max(...known),
    last: values.at(-1) ?? null,
  };
}

/** Joins several answers on one time axis: the finest step rules, values are placed by their time, nothing is invented. */
export function alignSeries(answers: readonly SeriesAnswer[]): { times: number[]; columns: Value[][] } {
  const times = [...new Set(answers.flatMap(timesOf))].sort((a, b) => a - b);
  const position = new Map(times.map((t, index) => [t, index]));
  const columns = answers.flatMap((answer) =>
    answer.columns.map((_, column) => {
      const aligned: Value[] = new Array<Value>(times.length).fill(null);
      const own = columnOf(answer, column);
      timesOf(answer).forEach((t, index) => {
        aligned[position.get(t) ?? 0] = own[index] ?? null;
      });
      return aligned;
    }),
  );
  return { times, columns };
}
