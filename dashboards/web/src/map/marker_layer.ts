// SPDX-License-Identifier: GPL-3.0-or-later
// marker_layer.ts - one canvas over the map with all markers; clusters follow the zoom. Knows Leaflet's layers.

import * as L from "leaflet";
import { clusterByGrid, type Cluster } from "../model/share";
import type { State } from "../model/state";
import { clusterRadius, drawCluster, drawNode, drawSelection, drawState } from "./draw";
import type { Palette } from "./palette";

export interface Marker {
  id: string;
  kind: "hotspot" | "device";
  name: string;
  lat: number;
  lon: number;
  state: State;
}

interface Placed {
  x: number;
  y: number;
  state: State;
  marker: Marker;
}

export interface Hit {
  markers: readonly Marker[];
  x: number;
  y: number;
}

/** Below this zoom the city is shown by shares, above it by single hotspots as far as they do not overlap. */
function cellSize(zoom: number): number {
  if (zoom < 14) return 58;
  if (zoom < 16) return 40;
  return 22;
}

const MARKER_SIZE = 18;
const NODE_SIZE = 11;

export class MarkerLayer extends L.Layer {
  private canvas: HTMLCanvasElement | null = null;
  private hotspots: readonly Marker[] = [];
  private nodes: readonly Marker[] = [];
  private clusters: Cluster<Placed>[] = [];
  private placedNodes: Placed[] = [];
  private selected: string | null = null;

  constructor(private palette: Palette) {
    super();
  }

  setMarkers(hotspots: readonly Marker[], nodes: readonly Marker[]): void {
    this.hotspots = hotspots;
    this.nodes = nodes;
    this.redraw();
  }

  setSelected(id: string | null): void {
    this.selected = id;
    this.redraw();
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.redraw();
  }

  override onAdd(map: L.Map): this {
    this.canvas = L.DomUtil.create("canvas", "marker-canvas", map.getPane("markerPane"));
    this.canvas.setAttribute("aria-hidden", "true");
    map.on("move viewreset zoomend resize", this.redraw, this);
    this.redraw();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("move viewreset zoomend resize", this.redraw, this);
    this.canvas?.remove();
    this.canvas = null;
    return this;
  }

  isAlone(id: string): boolean {
    return this.clusters.some(({ members }) => members.length === 1 && members[0]?.marker.id === id);
  }

  /** What lies under a point of the container, topmost first, in the order of redraw(). */
  hitAt(x: number, y: number): Hit | null {
    const isHit = (each: Placed) => Math.hypot(each.x - x, each.y - y) <= NODE_SIZE;
    const node = this.placedNodes.find((each) => each.state !== "usable" && isHit(each));
    if (node) return { markers: [node.marker], x: node.x, y: node.y };
    return this.clusterAt(x, y) ?? this.nodeAt(isHit);
  }

  private nodeAt(isHit: (each: Placed) => boolean): Hit | null {
    const node = this.placedNodes.find(isHit);
    return node ? { markers: [node.marker], x: node.x, y: node.y } : null;
  }

  private clusterAt(x: number, y: number): Hit | null {
    for (let i = this.clusters.length - 1; i >= 0; i -= 1) {
      const cluster = this.clusters[i];
      if (!cluster) continue;
      const radius = cluster.members.length === 1 ? MARKER_SIZE / 2 + 3 : clusterRadius(cluster.members.length);
      if (Math.hypot(cluster.x - x, cluster.y - y) <= radius) {
        return { markers: cluster.members.map((member) => member.marker), x: cluster.x, y: cluster.y };
      }
    }
    return null;
  }

  private place(markers: readonly Marker[], map: L.Map): Placed[] {
    return markers.map((marker) => {
      const point = map.project([marker.lat, marker.lon]);
      return { x: point.x, y: point.y, state: marker.state, marker };
    });
  }

  private redraw(): void {
    const map = this._map as L.Map | undefined;
    const canvas = this.canvas;
    if (!map || !canvas) return;
    const size = map.getSize();
    const context = this.prepare(canvas, size);
    if (!context) return;
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    const origin = map.getPixelBounds().min ?? L.point(0, 0);
    const toView = <P extends { x: number; y: number }>(each: P): P => ({ ...each, x: each.x - origin.x, y: each.y - origin.y });
    const isInView = ({ x, y }: { x: number; y: number }) => x > -40 && y > -40 && x < size.x + 40 && y < size.y + 40;
    this.clusters = clusterByGrid(this.place(this.hotspots, map), cellSize(map.getZoom())).map(toView).filter(isInView);
    this.placedNodes = this.place(this.nodes, map).map(toView).filter(isInView);
    // Healthy fibre nodes lie under the hotspots, those in trouble on top: they are why the hotspots are in trouble.
    const isHealthy = (node: Placed) => node.state === "usable" && node.marker.id !== this.selected;
    this.placedNodes.filter(isHealthy).forEach((node) => this.drawNode(context, node));
    this.clusters.forEach((cluster) => this.drawCluster(context, cluster));
    this.placedNodes.filter((node) => !isHealthy(node)).forEach((node) => this.drawNode(context, node));
  }

  private prepare(canvas: HTMLCanvasElement, size: L.Point): CanvasRenderingContext2D | null {
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(size.x * ratio) || canvas.height !== Math.round(size.y * ratio)) {
      canvas.width = Math.round(size.x * ratio);
      canvas.height = Math.round(size.y * ratio);
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    const context = canvas.getContext("2d");
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    context?.clearRect(0, 0, size.x, size.y);
    return context;
  }

  private drawCluster(context: CanvasRenderingContext2D, cluster: Cluster<Placed>): void {
    const { x, y, members, counts } = cluster;
    const [only] = members;
    const isSelected = members.some((member) => member.marker.id === this.selected);
    if (members.length === 1 && only) {
      drawState(context, this.palette, only.state, x, y, MARKER_SIZE);
      if (isSelected) drawSelection(context, this.palette, x, y, MARKER_SIZE / 2);
      return;
    }
    drawCluster(context, this.palette, counts, members.length, x, y);
    if (isSelected) drawSelection(context, this.palette, x, y, clusterRadius(members.length));
  }

  private drawNode(context: CanvasRenderingContext2D, node: Placed): void {
    drawNode(context, this.palette, node.state, node.x, node.y, NODE_SIZE);
    if (node.marker.id === this.selected) drawSelection(context, this.palette, node.x, node.y, NODE_SIZE);
  }
}
