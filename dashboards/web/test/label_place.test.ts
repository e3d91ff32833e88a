// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { labelPlace } from "../src/model/label_place";
import type { Position } from "../src/model/streets";

const square: Position[] = [[53.7, 10], [53.72, 10], [53.72, 10.04], [53.7, 10.04], [53.7, 10]];

describe("a district's name", () => {
  it("stands away from the markers", () => {
    const south: Position[] = Array.from({ length: 20 }, (_, i) => [53.704, 10 + i * 0.002]);
    expect(labelPlace([square], south)?.[0]).toBeGreaterThan(53.709);
  });

  it("stands inside the district, not in its hole", () => {
    const hole: Position[] = [[53.705, 10.01], [53.715, 10.01], [53.715, 10.03], [53.705, 10.03], [53.705, 10.01]];
    const [lat, lon] = labelPlace([square, hole], []) ?? [0, 0];
    expect(lat > 53.705 && lat < 53.715 && lon > 10.01 && lon < 10.03).toBe(false);
    expect(lat > 53.7 && lat < 53.72 && lon > 10 && lon < 10.04).toBe(true);
  });

  it("has no place in a district without area", () => {
    expect(labelPlace([[]], [])).toBeNull();
  });
});
