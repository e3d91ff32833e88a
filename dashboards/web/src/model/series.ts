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
  /** By row, 0..1: share of its columns and of its time that is known. Without it: a row is known or not. */
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
  return isEmpty ? { ...series, rows: series.rows.slice(0, -1), completeness: series.completeness?.slice(0, -1) } : series;
}

/** Nearest rank: the smallest value that `share` (0..1) of the known ones do not exceed; null without any. */
export function percentileOf(values: readonly Value[], share: number): Value {
  const known = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  return known[Math.max(0, Math.ceil(share * known.length) - 1)] ?? null;
}

/** Rows of which part of the time is unknown; those without any value are gaps already. */
export function partlyKnown(series: SeriesAnswer): Array<Gap & { share: number }> {
  return series.rows.flatMap((row, index) => {
    const share = series.completeness?.[index] ?? 1;
    const from = series.start + index * series.step;
    return share < 0.999 && row.some((value) => value !== null) ? [{ from, to: from + series.step, share }] : [];
  });
}

/** A field of a table (RFC 4180); a head that a spreadsheet would take for a formula gets an apostrophe. */
function csvField(text: string): string {
  const harmless = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The rows as a table for spreadsheets: RFC 3339 in UTC, unknown is empty. `heads`: one for each column. */
export function csvOf(series: SeriesAnswer, heads: readonly string[]): string {
  const times = timesOf(series);
  const lines = series.rows.map((row, index) => [new Date((times[index] ?? 0) * 1000).toISOString(), ...row.map((value) => (value === null ? "" : String(value)))]);
  return [["time", ...heads.map(csvField)], ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}

/** Puts answers with the same step side by side. Each value stays at its time; where an answer has no row, it is unknown. */
export function mergeSeries(answers: readonly SeriesAnswer[], names: readonly string[]): SeriesAnswer {
  const step = Math.max(1, ...answers.map((answer) => answer.step));
  const starts = answers.filter((answer) => answer.rows.length > 0).map((answer) => answer.start);
  const start = starts.length > 0 ? Math.min(...starts) : 0;
  const position = (t: number) => Math.round((t - start) / step);
  const length = Math.max(0, ...answers.map((answer) => (answer.rows.length > 0 ? position(answer.start + (answer.rows.length - 1) * answer.step) + 1 : 0)));
  const rows: Value[][] = Array.from({ length }, () => new Array<Value>(answers.length).fill(null));
  const completeness = new Array<number>(length).fill(0);
  answers.forEach((answer, column) => {
    columnOf(answer, 0).forEach((value, index) => {
      const at = position(answer.start + index * answer.step);
      const row = rows[at];
      if (!row) return;
      row[column] = value;
      completeness[at] = (completeness[at] ?? 0) + (answer.completeness?.[index] ?? (value === null ? 0 : 1)) / answers.length;
    });
  });
  return { start, step, columns: [...names], rows, completeness };
}

/** The columns of `before`, moved by `shift` seconds, behind those of `own`; the rows are those of `own`. Both have the same step. */
export function beside(own: SeriesAnswer, before: SeriesAnswer, shift: number): SeriesAnswer {
  const offset = Math.round((own.start - (before.start + shift)) / Math.max(1, own.step));
  const nothing = before.columns.map((): Value => null);
  return {
    ...own,
    columns: [...own.columns, ...before.columns],
    rows: own.rows.map((row, index) => [...own.columns.map((_, at) => row[at] ?? null), ...(before.rows[index + offset] ?? nothing)]),
  };
}
