// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { distance, streetsFrom } from "../src/model/streets";

function house(name: string, lon: number, site = "gar-001") {
  return { name, site, lat: 53.7, lon };
}

describe("streets from house numbers", () => {
  it("houses are joined in the order of their numbers", () => {
    const [street] = streetsFrom([house("Fuchsgrund 32", 9.982), house("Fuchsgrund 9", 9.985), house("Fuchsgrund 112", 9.976)]);
    expect(street?.name).toBe("Fuchsgrund");
    expect(street?.line.map(([, lon]) => lon)).toEqual([9.985, 9.982, 9.976]);
  });

  it("places of the same name in another site are another street", () => {
    expect(streetsFrom([house("Fuchsgrund 1", 9.98), house("Fuchsgrund 2", 9.981, "har-001")])).toEqual([]);
  });

  it("a step of over 700 m is a break", () => {
    const streets = streetsFrom([house("Weg 1", 9.98), house("Weg 2", 9.981), house("Weg 3", 10.02), house("Weg 4", 10.021)]);
    expect(streets.map((street) => street.line.length)).toEqual([2, 2]);
  });

  it("a hotspot without a house number belongs to no street", () => {
    expect(streetsFrom([house("Freibad", 9.98), house("Freibad, Becken", 9.981)])).toEqual([]);
    expect(streetsFrom([house("Haltestelle, Steig 1", 9.98), house("Haltestelle, Steig 2", 9.981)])).toEqual([]);
  });

  it("distances are metres, also east to west", () => {
    expect(distance([53.7, 10], [53.7, 10.01])).toBeCloseTo(659, 0);
    expect(distance([53.7, 10], [53.71, 10])).toBeCloseTo(1113, 0);
  });
});
