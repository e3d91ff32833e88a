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

/** Share of rows with a value in column `index`, 0..1; null without rows. Counted over what is shown (the running step is
 * not), so that the figure and the gaps beside it agree. */
export function completenessOf(series: SeriesAnswer, index: number): number | null {
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

/** Without the step that is still running: its row is empty because it is not over, and that is no gap. */
export function withoutRunningStep<S extends SeriesAnswer>(series: S): S {
  const last = series.rows.at(-1);
  const isEmpty = last !== undefined && last.every((value) => value === null);
  return isEmpty ? { ...series, rows: series.rows.slice(0, -1) } : series;
}

/** Puts answers with the same step side by side. Each value stays at its time; where an answer has no row, it is unknown. */
export function mergeSeries(answers: readonly SeriesAnswer[], names: readonly string[]): SeriesAnswer {
  const step = Math.max(1, ...answers.map((answer) => answer.step));
  const starts = answers.filter((answer) => answer.rows.length > 0).map((answer) => answer.start);
  const start = starts.length > 0 ? Math.min(...starts) : 0;
  const position = (t: number) => Math.round((t - start) / step);
  const length = Math.max(0, ...answers.map((answer) => (answer.rows.length > 0 ? position(answer.start + (answer.rows.length - 1) * answer.step) + 1 : 0)));
  const rows: Value[][] = Array.from({ length }, () => new Array<Value>(answers.length).fill(null));
  answers.forEach((answer, column) => {
    columnOf(answer, 0).forEach((value, index) => {
      const row = rows[position(answer.start + index * answer.step)];
      if (row) row[column] = value;
    });
  });
  return { start, step, columns: [...names], rows };
}
