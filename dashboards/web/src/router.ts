// SPDX-License-Identifier: GPL-3.0-or-later
// router.ts - the address after "#": #/hotspots/hs-0001?range=day. Works with any static file server and can be shared.

import { Store } from "./store";

export interface Route {
  /** "hotspots", "hs-0001" */
  parts: string[];
  query: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { parts: path.split("/").filter(Boolean).map(decodePart), query: new URLSearchParams(query) };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // "%" alone: a mistyped address is not an error of the page
  }
}

export function linkTo(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

export function createRouteStore(): Store<Route> {
  const store = new Store(parseRoute(location.hash));
  addEventListener("hashchange", () => store.set(parseRoute(location.hash)));
  return store;
}

/** Changes what stands behind "?" without a new entry in the browser's history. */
export function replaceQuery(store: Store<Route>, changes: Record<string, string | null>): void {
  const { query } = store.get();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  replaceWholeQuery(store, next);
}

export function replaceWholeQuery(store: Store<Route>, query: URLSearchParams): void {
  const { parts } = store.get();
  const text = query.toString();
  history.replaceState(null, "", linkTo(...parts) + (text ? `?${text}` : ""));
  store.set({ parts, query });
}
