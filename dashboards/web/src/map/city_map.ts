// SPDX-License-Identifier: GPL-3.0-or-later
// city_map.ts - the map: districts, streets, fibre links, coverage cells, markers. All of it is drawn from our own data;
// there is no tile server, so no request leaves the page. Knows Leaflet and nothing of the pages.

import * as L from "leaflet";
import "leaflet/dist/leaflet.css";
import type { Config, FeatureCollection, Topology } from "../api/types";
import { labelPlace } from "../model/label_place";
import { stateFrom } from "../model/state";
import type { Position, Street } from "../model/streets";
import { MarkerLayer, type Hit, type Marker } from "./marker_layer";
import type { Palette } from "./palette";

const ZOOM_MIN = 11;
const ZOOM_MAX = 19;
/** From here on most hotspots stand by themselves. */
const ZOOM_SINGLE = 16;
/** A cluster that would still be one at this zoom is listed instead of zoomed into. */
const ZOOM_SPLITS = 18;
/** From here on streets have names. */
const ZOOM_NAMES = 15;

export interface CityMapHandlers {
  onPick(markers: readonly Marker[]): void;
  onHover(hit: Hit | null): void;
}

export class CityMap {
  private readonly map: L.Map;
  private readonly renderer = L.canvas({ padding: 0.5 });
  private readonly ground = L.layerGroup();
  private readonly labels = L.layerGroup();
  private readonly coverage = L.layerGroup();
  private readonly links = L.layerGroup();
  private readonly markers: MarkerLayer;
  private bounds: L.LatLngBounds | null = null;
  private hasView = false;

  constructor(
    container: HTMLElement,
    private palette: Palette,
    private readonly handlers: CityMapHandlers,
  ) {
    this.map = L.map(container, {
      attributionControl: false,
      zoomControl: false,
      zoomAnimation: false,
      fadeAnimation: false,
      inertia: false,
      minZoom: ZOOM_MIN,
      maxZoom: ZOOM_MAX,
      zoomSnap: 0.25,
      renderer: this.renderer,
    });
    this.markers = new MarkerLayer(palette);
    this.map.setView([53.7, 10.0], 12);
    for (const layer of [this.ground, this.coverage, this.links, this.labels, this.markers]) layer.addTo(this.map);
    this.map.on("zoomend", () => this.zoomed());
    this.map.on("click", (event) => this.clicked(event.containerPoint));
    this.map.on("mousemove", (event) => this.hovered(event.containerPoint));
    this.map.on("mouseout", () => this.handlers.onHover(null));
  }

  destroy(): void {
    this.map.remove();
  }

  resize(): void {
    this.map.invalidateSize({ animate: false });
    if (!this.hasView) this.showAll();
  }

  zoom(by: number): void {
    this.map.setZoom(this.map.getZoom() + by);
  }

  showAll(): void {
    if (!this.bounds || this.map.getSize().x === 0) return;
    this.map.fitBounds(this.bounds, { padding: [12, 12], animate: false });
    this.hasView = true;
  }

  /** Goes as near as it takes to see that hotspot by itself. */
  showHotspot({ id, lat, lon }: { id: string; lat: number; lon: number }): void {
    let zoom = Math.max(this.map.getZoom(), ZOOM_SINGLE);
    this.map.setView([lat, lon], zoom, { animate: false });
    while (zoom < ZOOM_SPLITS && !this.markers.isAlone(id)) {
      zoom += 1;
      this.map.setView([lat, lon], zoom, { animate: false });
    }
  }

  setGround(config: Config, streets: readonly Street[], places: readonly Position[]): void {
    this.ground.clearLayers();
    this.labels.clearLayers();
    const corners = config.bounds as [number, number][];
    this.bounds = corners.length === 2 ? L.latLngBounds(corners) : null;
    for (const district of config.districts) {
      const rings = district.rings as [number, number][][];
      const polygon = L.polygon(rings, { ...this.quiet(), color: this.palette.border, weight: 1.5, fillColor: this.palette.land, fillOpacity: 1 });
      polygon.addTo(this.ground);
      const place = labelPlace(rings, places);
      if (place) this.addLabel("district-label", district.name, place as [number, number]);
    }
    for (const street of streets) {
      const line = L.polyline(street.line as [number, number][], { ...this.quiet(), color: this.palette.street, weight: 5, lineCap: "round" });
      line.addTo(this.ground);
      this.addLabel("street-label", street.name, street.line[Math.floor(street.line.length / 2)] as [number, number]);
    }
    if (!this.hasView) this.showAll();
  }

  setLinks(topology: Topology | null): void {
    this.links.clearLayers();
    if (!topology) return;
    const places = new Map(topology.nodes.filter((node) => node.lat !== null && node.lon !== null).map((node) => [node.id, node]));
    for (const link of topology.links) {
      const from = places.get(link.from);
      const to = places.get(link.to);
      if (!from || !to || link.kind === "power" || link.evidence !== "inventory") continue;
      const state = stateFrom(link.state);
      const isBroken = state === "unusable";
      L.polyline([[from.lat ?? 0, from.lon ?? 0], [to.lat ?? 0, to.lon ?? 0]], {
        ...this.quiet(),
        color: isBroken ? this.palette.state.unusable : this.palette.link,
        weight: isBroken ? 3 : 1.2,
        dashArray: isBroken ? "2 6" : link.kind === "redundant" ? "6 4" : undefined,
      }).addTo(this.links);
    }
  }

  /** Cells of GET /coverage; the share or level decides which of three tones a cell gets. */
  setCoverage(cells: FeatureCollection | null, toneOf: (properties: Record<string, unknown>) => 0 | 1 | 2 | null): void {
    this.coverage.clearLayers();
    if (!cells) return;
    L.geoJSON(cells as unknown as GeoJSON.FeatureCollection, {
      style: (feature) => {
        const tone = toneOf((feature?.properties ?? {}) as Record<string, unknown>);
        const isDrawn = tone !== null;
        return { ...this.quiet(), stroke: false, fill: isDrawn, fillColor: this.palette.coverage[tone ?? 0], fillOpacity: 0.55 };
      },
      renderer: this.renderer,
    } as L.GeoJSONOptions).addTo(this.coverage);
    this.links.eachLayer((layer) => (layer as L.Path).bringToFront());
  }

  setMarkers(hotspots: readonly Marker[], nodes: readonly Marker[]): void {
    this.markers.setMarkers(hotspots, nodes);
  }

  setSelected(id: string | null): void {
    this.markers.setSelected(id);
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.markers.setPalette(palette);
  }

  private quiet(): L.PolylineOptions & { renderer: L.Renderer } {
    return { interactive: false, renderer: this.renderer };
  }

  /** Below the markers: what happens is more urgent than where. */
  private addLabel(className: string, text: string, at: L.LatLngExpression): void {
    const element = document.createElement("span");
    element.textContent = text;
    const icon = L.divIcon({ className, html: element, iconSize: [0, 0] });
    L.marker(at, { icon, interactive: false, keyboard: false, pane: "shadowPane" }).addTo(this.labels);
  }

  private zoomed(): void {
    this.map.getContainer().classList.toggle("is-near", this.map.getZoom() >= ZOOM_NAMES);
  }

  private clicked(point: L.Point): void {
    const hit = this.markers.hitAt(point.x, point.y);
    if (!hit) return this.handlers.onPick([]);
    if (hit.markers.length > 1 && this.map.getZoom() < ZOOM_SPLITS) return this.zoomInto(hit.markers);
    this.handlers.onPick(hit.markers);
  }

  private zoomInto(markers: readonly Marker[]): void {
    const bounds = L.latLngBounds(markers.map((marker) => [marker.lat, marker.lon] as [number, number]));
    const zoom = Math.min(ZOOM_SPLITS, Math.max(this.map.getBoundsZoom(bounds, false, L.point(60, 60)), this.map.getZoom() + 1));
    this.map.setView(bounds.getCenter(), zoom, { animate: false });
  }

  private hovered(point: L.Point): void {
    const hit = this.markers.hitAt(point.x, point.y);
    this.map.getContainer().classList.toggle("is-over-marker", hit !== null);
    this.handlers.onHover(hit);
  }
}
