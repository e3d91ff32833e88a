// SPDX-License-Identifier: GPL-3.0-or-later
// routes.ts - every address of the app, in one table. Pure data: the app draws by it, and the tests take their pages from it
// (axe, 320 pixels, 200 % text, the gallery), so a page that is not here cannot be reached and one that is cannot be forgotten.

export interface View {
  /** What stands behind "#/"; {hotspot}, {switch}, {ups} and {incident} stand for an id of that kind. */
  path: string;
  /** What is there once the page has something to show. */
  ready: string;
  /** The name of its picture in docs/screenshots, where it has one. */
  picture?: string;
  /** Who sees it; the tests log in so. Without: every role that may log in, the operator among them. */
  role?: "admin";
}

interface RouteEntry {
  /** The first part of the address. */
  name: string;
  /** Does an id follow? */
  hasId: boolean;
  views: readonly View[];
}

export const ROUTES = [
  { name: "overview", hasId: false, views: [{ path: "overview", ready: ".tiles", picture: "overview" }, { path: "overview?wall=1", ready: ".wall-clock", picture: "wall" }] },
  { name: "map", hasId: false, views: [{ path: "map", ready: ".filters__count", picture: "map" }] },
  { name: "hotspots", hasId: true, views: [{ path: "hotspots/{hotspot}", ready: ".page-head h1", picture: "hotspot" }] },
  { name: "smoke", hasId: true, views: [{ path: "smoke/{hotspot}", ready: "#history" }] },
  { name: "devices", hasId: false, views: [{ path: "devices", ready: ".table tbody tr", picture: "devices" }] },
  {
    name: "devices",
    hasId: true,
    views: [
      { path: "devices/{switch}", ready: ".page-head h1", picture: "device" },
      { path: "devices/{ups}", ready: ".page-head h1" },
    ],
  },
  {
    name: "incidents",
    hasId: false,
    views: [
      { path: "incidents", ready: ".page-head h1" },
      { path: "incidents?status=closed", ready: ".page-head h1", picture: "incidents" },
    ],
  },
  { name: "incidents", hasId: true, views: [{ path: "incidents/{incident}", ready: ".page-head h1", picture: "incident" }] },
  {
    name: "topology",
    hasId: false,
    views: [
      { path: "topology", ready: ".tree-row", picture: "network" },
      { path: "topology?at={switch}", ready: ".tree-row.is-at" },
    ],
  },
  {
    name: "inventory",
    hasId: false,
    views: [
      { path: "inventory", ready: ".version-bar", picture: "inventory" },
      { path: "inventory?view=list&firmware=too_old", ready: ".table tbody tr" },
    ],
  },
  {
    name: "graphs",
    hasId: false,
    views: [
      { path: "graphs", ready: "#graph-thing" },
      { path: "graphs?s=hotspot/{hotspot}:wireless.clients&span=3600&week=1&percentiles=1", ready: ".chart__drawing canvas, .chart__none", picture: "graphs" },
    ],
  },
  {
    name: "maintenance",
    hasId: false,
    views: [
      { path: "maintenance", ready: ".calendar", picture: "maintenance", role: "admin" },
      { path: "maintenance?view=list", ready: "#windows" },
    ],
  },
  { name: "coverage", hasId: false, views: [{ path: "coverage", ready: ".page-head h1" }] },
  { name: "funnel", hasId: false, views: [{ path: "funnel", ready: ".page-head h1" }] },
  { name: "self", hasId: false, views: [{ path: "self", ready: ".self-bars", picture: "self" }] },
  { name: "admin", hasId: false, views: [{ path: "admin", ready: "form.token-form", picture: "admin", role: "admin" }] },
] as const satisfies readonly RouteEntry[];

export type RouteKey = (typeof ROUTES)[number] extends infer R ? (R extends { name: infer N extends string; hasId: infer H } ? (H extends true ? `${N}/id` : N) : never) : never;

/** The entry that an address means; the overview where there is none. null: no such page. */
export function routeKey(parts: readonly string[]): RouteKey | null {
  const [name = "overview", id] = parts;
  const hasId = id !== undefined;
  const exact = ROUTES.find((route) => route.name === name && route.hasId === hasId);
  return exact ? ((hasId ? `${name}/id` : name) as RouteKey) : null;
}
