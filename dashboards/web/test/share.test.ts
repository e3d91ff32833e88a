// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { arcsOf, clusterByGrid } from "../src/model/share";
import { countStates, noCounts, stateFrom, worstState, type State } from "../src/model/state";

function point(x: number, y: number, state: State = "usable") {
  return { x, y, state };
}

describe("clusters", () => {
  it("no hotspot is lost or counted twice", () => {
    const points = Array.from({ length: 540 }, (_, i) => point((i * 37) % 800, (i * 91) % 600));
    const clusters = clusterByGrid(points, 64);
    expect(clusters.reduce((sum, cluster) => sum + cluster.members.length, 0)).toBe(540);
    expect(new Set(clusters.flatMap((cluster) => cluster.members)).size).toBe(540);
  });

  it("a cluster lies at the middle of its members", () => {
    const [cluster] = clusterByGrid([point(10, 10), point(20, 30)], 64);
    expect([cluster?.x, cluster?.y]).toEqual([15, 20]);
  });

  it("points left of the origin do not fall into the cell right of it", () => {
    expect(clusterByGrid([point(-5, 5), point(5, 5)], 64)).toHaveLength(2);
  });
});

describe("state share", () => {
  it("one dead hotspot among sixty stays visible", () => {
    const arcs = arcsOf({ ...noCounts(), usable: 60, unusable: 1 });
    const dead = arcs.find((arc) => arc.state === "unusable");
    expect((dead?.to ?? 0) - (dead?.from ?? 0)).toBeCloseTo(Math.PI / 9);
  });

  it("the ring is closed and the most urgent state comes first", () => {
    const arcs = arcsOf({ usable: 100, degraded: 1, unusable: 1, unknown: 1, maintenance: 1 });
    expect(arcs[0]?.state).toBe("unusable");
    expect(arcs[0]?.from).toBe(0);
    expect(arcs.at(-1)?.to).toBeCloseTo(2 * Math.PI);
    for (let i = 1; i < arcs.length; i += 1) expect(arcs[i]?.from).toBeCloseTo(arcs[i - 1]?.to ?? Number.NaN);
  });

  it("a ring of one state is whole and an empty one has no arcs", () => {
    expect(arcsOf({ ...noCounts(), usable: 7 })[0]?.to).toBeCloseTo(2 * Math.PI);
    expect(arcsOf(noCounts())).toEqual([]);
  });

  it("the worst state of a group is the most urgent one, not the most frequent", () => {
    expect(worstState({ ...noCounts(), usable: 50, degraded: 1 })).toBe("degraded");
    expect(worstState(noCounts())).toBe("unknown");
  });

  it("a state that this page does not know counts as unknown", () => {
    expect(stateFrom("on_fire")).toBe("unknown");
    expect(countStates([{ state: stateFrom(null) }]).unknown).toBe(1);
  });
});
