// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { parseRoute } from "../src/router";
import { ROUTES, routeKey } from "../src/routes";

function keyOf(hash: string) {
  return routeKey(parseRoute(hash).parts);
}

describe("the route table", () => {
  it("an address means a page, with an id or without", () => {
    expect([keyOf("#/devices"), keyOf("#/devices/sw-1"), keyOf("#/map?district=mitte")]).toEqual(["devices", "devices/id", "map"]);
  });

  it("no address at all is the overview", () => {
    expect([keyOf(""), keyOf("#/")]).toEqual(["overview", "overview"]);
  });

  it("an address without an entry is no page, and none is reached by an id that it does not take", () => {
    expect([keyOf("#/nowhere"), keyOf("#/hotspots"), keyOf("#/map/x"), keyOf("#/constructor")]).toEqual([null, null, null, null]);
  });

  it("every entry has a view that leads to it, so that the tests see its page", () => {
    for (const { name, hasId, views } of ROUTES) {
      expect(views.length).toBeGreaterThan(0);
      for (const { path } of views) expect(keyOf(`#/${path}`)).toBe(hasId ? `${name}/id` : name);
    }
  });

  it("no two pictures have the same name", () => {
    const names = ROUTES.flatMap(({ views }) => views.flatMap((view) => ("picture" in view ? [view.picture] : [])));
    expect(new Set(names).size).toBe(names.length);
  });
});
