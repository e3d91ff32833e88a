// SPDX-License-Identifier: GPL-3.0-or-later
// draw.ts - markers on a canvas: single hotspots by shape, clusters as rings of state shares, fibre nodes framed.

import { SHAPES } from "../model/shape";
import { arcsOf } from "../model/share";
import { worstState, type Counts, type State } from "../model/state";
import type { Palette } from "./palette";

const BOX = 24;

const PATHS = new Map(
  Object.entries(SHAPES).map(([state, shape]) => [state as State, { body: new Path2D(shape.body), mark: new Path2D(shape.mark) }]),
);

/** Radius in pixels of a cluster's ring: grows with the logarithm, so 200 hotspots do not cover a district. */
export function clusterRadius(count: number): number {
  return Math.min(26, 11 + 3.2 * Math.log2(count));
}

export function drawState(c: CanvasRenderingContext2D, palette: Palette, state: State, x: number, y: number, size: number): void {
  const paths = PATHS.get(state);
  if (!paths) return;
  const isHollow = SHAPES[state].isHollow;
  c.save();
  c.translate(x - size / 2, y - size / 2);
  c.scale(size / BOX, size / BOX);
  c.lineCap = "round";
  c.lineJoin = "round";
  c.strokeStyle = palette.paper;
  c.lineWidth = 4.5;
  c.stroke(paths.body);
  c.fillStyle = isHollow ? palette.paper : palette.state[state];
  c.fill(paths.body);
  c.strokeStyle = isHollow ? palette.state[state] : palette.paper;
  c.lineWidth = 2.6;
  if (isHollow) c.stroke(paths.body);
  c.stroke(paths.mark);
  c.restore();
}

export function drawNode(c: CanvasRenderingContext2D, palette: Palette, state: State, x: number, y: number, size: number): void {
  const half = size / 2 + 2.5;
  c.save();
  c.beginPath();
  c.roundRect(x - half, y - half, 2 * half, 2 * half, 3);
  c.fillStyle = palette.paper;
  c.fill();
  c.lineWidth = 1.5;
  c.strokeStyle = state === "usable" ? palette.muted : palette.text;
  c.stroke();
  c.restore();
  drawState(c, palette, state, x, y, size - 1);
}

export function drawCluster(c: CanvasRenderingContext2D, palette: Palette, counts: Counts, count: number, x: number, y: number): void {
  const radius = clusterRadius(count);
  const width = Math.max(4, radius * 0.28);
  c.save();
  c.beginPath();
  c.arc(x, y, radius + 1.5, 0, 2 * Math.PI);
  c.fillStyle = palette.paper;
  c.fill();
  c.lineWidth = width;
  for (const arc of arcsOf(counts)) {
    c.beginPath();
    c.strokeStyle = palette.state[arc.state];
    c.arc(x, y, radius - width / 2, arc.from - Math.PI / 2, arc.to - Math.PI / 2);
    c.stroke();
  }
  c.fillStyle = palette.text;
  c.font = `600 ${radius > 18 ? 13 : 11}px "Fira Sans", sans-serif`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText(String(count), x, y + 0.5);
  c.restore();
  const worst = worstState(counts);
  if (worst !== "usable") drawState(c, palette, worst, x + radius * 0.78, y - radius * 0.78, 13);
}

export function drawSelection(c: CanvasRenderingContext2D, palette: Palette, x: number, y: number, radius: number): void {
  c.save();
  c.lineWidth = 3;
  c.strokeStyle = palette.text;
  c.beginPath();
  c.arc(x, y, radius + 5, 0, 2 * Math.PI);
  c.stroke();
  c.restore();
}
