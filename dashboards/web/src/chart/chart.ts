// SPDX-License-Identifier: GPL-3.0-or-later
// chart.ts - one diagram on a canvas. Knows uPlot. Gaps are shaded, never bridged; lines differ by dash as well as colour.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatDate, formatTime, formatValue, type Language } from "../format";
import type { Palette } from "../map/palette";
import type { Annotation } from "../model/annotations";
import { bandsOf } from "../model/smoke";
import { columnOf, timesOf, type SeriesAnswer } from "../model/series";
import { annotationPainter, gapPainter, levelPainter, type Level } from "./paint";

const HEIGHT = 176;
const HEIGHT_LARGE = 260;
export const DASHES: readonly (number[] | undefined)[] = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]];
/** The same line a week before. */
const BEFORE = [2, 4];
const DAY_S = 86_400;
/** Counts have no halves. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

const ROUND_TIMES = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];
const DECIMAL_STEPS = Array.from({ length: 25 }, (_, i) => i - 9).flatMap((power) => [1, 2, 2.5, 5].map((first) => first * 10 ** power));

/** Steps between the values beside the axis: counts are whole, long times go by minutes and hours. */
function stepsOf(unit: string): uPlot.Axis.Incrs {
  return (_, __, low, high) => {
    if (unit === "1") return WHOLE_STEPS;
    return unit === "s" && high - low > 240 ? ROUND_TIMES : DECIMAL_STEPS;
  };
}

export interface ChartOptions {
  unit: string;
  language: Language;
  palette: Palette;
  width: number;
  isLarge?: boolean;
  /** Without those that were only put beside them (last week): what the gaps and the strip of completeness are of. */
  own: SeriesAnswer;
  /** How many columns are the smoke of pings: bands between them, and no lines of their own. */
  smoke?: number;
  /** Seconds: what the time axis spans; without it, as far as the values go. */
  span?: { from: number; to: number } | null;
  annotations?: readonly Annotation[];
  levels?: readonly Level[];
  /** A stretch was drawn with the mouse. */
  onSelect?: (from: number, to: number) => void;
  /** The row under the mouse, or none. */
  onCursor?: (row: number | null) => void;
}

const YEAR_S = 400 * DAY_S;

function timeLabels(language: Language, span: number) {
  return (_: uPlot, splits: number[]) =>
    splits.map((t) => {
      if (span <= DAY_S * 1.5) return formatTime(t * 1000, language);
      if (span > YEAR_S) return formatDate(t * 1000, language).slice(3);
      return formatDate(t * 1000, language).slice(0, 5);
    });
}

/** From zero for counts and rates; optical levels and temperatures are read by their change. */
function valueRange(unit: string): uPlot.Range.Function {
  const isFromZero = unit !== "dBm" && unit !== "Cel" && unit !== "V";
  return (_, low, high) => {
    if (low === null || high === null) return [0, 1];
    if (unit === "%" && isFromZero) return [0, Math.max(10, high > 50 ? 100 : high * 1.2)];
    if (unit === "1") return [0, Math.max(4, high * 1.12)];
    if (isFromZero) return [0, high > 0 ? high * 1.12 : 1];
    const room = Math.max((high - low) * 0.15, 0.5);
    return [low - room, high + room];
  };
}

/** The smoke of pings has bands instead of lines; what comes behind it is drawn as if it came first. */
function lineOf(column: number, series: SeriesAnswer, { own, palette, smoke = 0 }: ChartOptions): uPlot.Series {
  const index = column - smoke;
  if (index < 0) return { width: 0, spanGaps: false, points: { show: false } };
  const isOwn = column < own.columns.length;
  return {
    stroke: palette.line[(index % own.columns.length) % palette.line.length] ?? palette.text,
    width: isOwn ? 1.8 : 1.5,
    alpha: isOwn ? 1 : 0.8,
    dash: isOwn ? DASHES[index % DASHES.length] : BEFORE,
    spanGaps: false,
    points: { show: series.rows.length < 3 },
  };
}

export function createChart(container: HTMLElement, series: SeriesAnswer, options: ChartOptions): uPlot {
  const { unit, language, palette, width, own, onSelect, onCursor } = options;
  const { from, to } = options.span ?? { from: series.start, to: series.start + Math.max(1, series.rows.length - 1) * series.step };
  const font = '12px "Fira Sans", sans-serif';
  const axis: uPlot.Axis = {
    stroke: palette.muted,
    font,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { stroke: palette.grid, width: 1, size: 4 },
  };
  return new uPlot(
    {
      width,
      height: options.isLarge ? HEIGHT_LARGE : HEIGHT,
      tzDate: (t) => uPlot.tzDate(new Date(t * 1000), "Europe/Berlin"),
      legend: { show: false },
      cursor: { drag: { x: onSelect !== undefined, y: false, setScale: false }, points: { size: 6 }, sync: { key: "netzwacht" }, bind: { dblclick: () => null } },
      select: { show: onSelect !== undefined, left: 0, top: 0, width: 0, height: 0 },
      scales: { x: { time: true, range: () => [from, to] }, y: { range: valueRange(unit) } },
      axes: [
        { ...axis, size: 32, values: timeLabels(language, to - from) },
        { ...axis, size: 74, incrs: stepsOf(unit), values: (_, splits) => splits.map((value) => formatValue(value, unit, language)) },
      ],
      series: [
        {},
        ...series.columns.map((_, index) => lineOf(index, series, options)),
      ],
      bands: bandsOf(options.smoke ?? 0).map(([upper, lower]) => ({ series: [upper + 1, lower + 1], fill: palette.smoke }) satisfies uPlot.Band),
      hooks: {
        drawClear: [gapPainter(own, palette), annotationPainter(options.annotations ?? [], palette)],
        draw: [levelPainter(options.levels ?? [], palette, unit, language)],
        setCursor: [(plot) => onCursor?.(plot.cursor.idx ?? null)],
        setSelect: [(plot) => select(plot, onSelect)],
      },
    },
    [timesOf(series), ...series.columns.map((_, index) => columnOf(series, index))] as uPlot.AlignedData,
    container,
  );
}

/** A click without a stretch selects nothing. */
function select(plot: uPlot, onSelect: ChartOptions["onSelect"]): void {
  const { left, width } = plot.select;
  if (width < 4 || !onSelect) return;
  onSelect(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}
