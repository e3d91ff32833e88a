// SPDX-License-Identifier: GPL-3.0-or-later
// chart.ts - one diagram on a canvas. Knows uPlot. Gaps are shaded, never bridged; lines differ by dash as well as colour.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatDate, formatTime, formatValue, type Language } from "../format";
import type { Palette } from "../map/palette";
import { columnOf, gapsOf, timesOf, type SeriesAnswer } from "../model/series";

const HEIGHT = 176;
export const DASHES: readonly (number[] | undefined)[] = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]];
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
}

function timeLabels(language: Language, span: number) {
  return (_: uPlot, splits: number[]) =>
    splits.map((t) => {
      if (span <= DAY_S * 1.5) return formatTime(t * 1000, language);
      return formatDate(t * 1000, language).slice(0, 5);
    });
}

/** Shades where nothing is known, before the lines are drawn. */
function gapPainter(series: SeriesAnswer, palette: Palette) {
  const gaps = gapsOf(series);
  return (plot: uPlot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = palette.gap;
    for (const gap of gaps) {
      const left = Math.max(bbox.left, plot.valToPos(gap.from - series.step / 2, "x", true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(gap.to - series.step / 2, "x", true));
      if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    ctx.restore();
  };
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

export function createChart(container: HTMLElement, series: SeriesAnswer, options: ChartOptions): uPlot {
  const { unit, language, palette, width } = options;
  const span = series.rows.length * series.step;
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
      height: HEIGHT,
      tzDate: (t) => uPlot.tzDate(new Date(t * 1000), "Europe/Berlin"),
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: true }, y: { range: valueRange(unit) } },
      axes: [
        { ...axis, size: 32, values: timeLabels(language, span) },
        { ...axis, size: 74, incrs: stepsOf(unit), values: (_, splits) => splits.map((value) => formatValue(value, unit, language)) },
      ],
      series: [
        {},
        ...series.columns.map((_, index) => ({
          stroke: palette.line[index % palette.line.length] ?? palette.text,
          width: 1.8,
          dash: DASHES[index % DASHES.length],
          spanGaps: false,
          points: { show: series.rows.length < 3 },
        })),
      ],
      hooks: { drawClear: [gapPainter(series, palette)] },
    },
    [timesOf(series), ...series.columns.map((_, index) => columnOf(series, index))] as uPlot.AlignedData,
    container,
  );
}
