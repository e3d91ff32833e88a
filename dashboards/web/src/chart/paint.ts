// SPDX-License-Identifier: GPL-3.0-or-later
// paint.ts - what stands behind and over the lines of a diagram: gaps, incomplete rows, what happened meanwhile, percentiles.
// Knows uPlot's geometry.

import type uPlot from "uplot";
import { formatValue, type Language } from "../format";
import type { Palette } from "../map/palette";
import type { Annotation } from "../model/annotations";
import { gapsOf, partlyKnown, type SeriesAnswer } from "../model/series";

type Painter = (plot: uPlot) => void;

/** Between `from` and `to` (seconds), cut to the drawing; nothing where it lies outside. */
function column(plot: uPlot, from: number, to: number, draw: (left: number, width: number) => void): void {
  const { bbox } = plot;
  const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
  const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
  if (right > left) draw(left, right - left);
}

function saved(plot: uPlot, draw: (ctx: CanvasRenderingContext2D, bbox: uPlot.BBox) => void): void {
  plot.ctx.save();
  draw(plot.ctx, plot.bbox);
  plot.ctx.restore();
}

/** Shades where nothing is known, before the lines are drawn; a strip at the bottom is as high as the unknown share of a row. */
export function gapPainter(series: SeriesAnswer, palette: Palette): Painter {
  const gaps = gapsOf(series);
  const partly = partlyKnown(series);
  const half = series.step / 2;
  return (plot) =>
    saved(plot, (ctx, bbox) => {
      ctx.fillStyle = palette.gap;
      for (const { from, to } of gaps) column(plot, from - half, to - half, (left, width) => ctx.fillRect(left, bbox.top, width, bbox.height));
      const strip = bbox.height * 0.12;
      for (const { from, to, share } of partly) {
        const height = Math.max(2, strip * (1 - share));
        column(plot, from - half, to - half, (left, width) => ctx.fillRect(left, bbox.top + bbox.height - height, width, height));
      }
    });
}

const BAR = 5;

/** Incidents are a solid bar at the top, maintenance a dashed one, changes an arrow's head; all of them with a line down. */
export function annotationPainter(annotations: readonly Annotation[], palette: Palette): Painter {
  const colours = { incident: palette.state.unusable, maintenance: palette.state.maintenance, change: palette.muted };
  return (plot) =>
    saved(plot, (ctx, bbox) => {
      const bar = BAR * devicePixelRatio;
      for (const { kind, from, until } of annotations) {
        ctx.strokeStyle = ctx.fillStyle = colours[kind];
        column(plot, from, until ?? Number.MAX_SAFE_INTEGER, (left, width) => {
          ctx.globalAlpha = 0.08;
          ctx.fillRect(left, bbox.top, width, bbox.height);
          ctx.globalAlpha = 1;
          ctx.lineWidth = bar;
          ctx.setLineDash(kind === "maintenance" ? [bar * 1.5, bar] : []);
          stroke(ctx, left, bbox.top + bar / 2, left + Math.max(width, bar), bbox.top + bar / 2);
        });
        beginLine(plot, ctx, bbox, kind, from, bar);
      }
    });
}

function stroke(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

function beginLine(plot: uPlot, ctx: CanvasRenderingContext2D, bbox: uPlot.BBox, kind: Annotation["kind"], from: number, bar: number): void {
  const x = plot.valToPos(from, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  stroke(ctx, x, bbox.top, x, bbox.top + bbox.height);
  if (kind !== "change") return;
  ctx.beginPath();
  ctx.moveTo(x - bar, bbox.top);
  ctx.lineTo(x + bar, bbox.top);
  ctx.lineTo(x, bbox.top + bar * 1.8);
  ctx.fill();
}

export interface Level {
  /** Of the column whose colour it has. */
  column: number;
  value: number;
  label: string;
}

/** Labels of levels that lie close together stand side by side. */
const LABEL = 150;

/** Level lines with their names at the right end. */
export function levelPainter(levels: readonly Level[], palette: Palette, unit: string, language: Language): Painter {
  return (plot) =>
    saved(plot, (ctx, bbox) => {
      ctx.font = `${11 * devicePixelRatio}px "Fira Sans", sans-serif`;
      ctx.textAlign = "right";
      ctx.textBaseline = "bottom";
      ctx.lineWidth = devicePixelRatio;
      const taken: number[] = [];
      for (const { column: index, value, label } of levels) {
        const y = Math.round(plot.valToPos(value, "y", true));
        if (y < bbox.top || y > bbox.top + bbox.height) continue;
        const crowd = taken.filter((each) => Math.abs(each - y) < 13 * devicePixelRatio).length;
        taken.push(y);
        ctx.strokeStyle = palette.line[index % palette.line.length] ?? palette.text;
        ctx.setLineDash([10 * devicePixelRatio, 3 * devicePixelRatio, 2 * devicePixelRatio, 3 * devicePixelRatio]);
        stroke(ctx, bbox.left, y, bbox.left + bbox.width, y);
        const right = bbox.left + bbox.width - 2 - crowd * LABEL * devicePixelRatio;
        if (right - LABEL * devicePixelRatio < bbox.left) continue; // no room: the words below have it
        ctx.fillStyle = palette.text;
        ctx.fillText(`${label} ${formatValue(value, unit, language)}`, right, y - 1);
      }
    });
}
