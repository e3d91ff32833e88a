// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { addLines, LINES_MOST, moveBy, parseLine, parseView, partOf, queryOf, SPAN_LEAST, SPAN_MOST, thingOf, withoutLine, zoomBy, zoomTo } from "../src/model/graph_view";

const NOW = 1_800_000_000;
const view = parseView(new URLSearchParams("s=hotspot/hs-0001:wireless.clients&span=3600"));

describe("the graphs page's address", () => {
  it("says all that is shown, and is read back the same", () => {
    const text = "s=ap-1%2Fap%2F02%3A00%3A00%3A00%3A00%3A01%3Awireless.clients&s=sw-1%2Fif%2Fge-0%2F0%2F1%3Ainterface.in&span=86400&to=1799990000&week=1&percentiles=1";
    const read = parseView(new URLSearchParams(text));
    expect(read.lines).toEqual([
      { ref: "ap-1/ap/02:00:00:00:00:01", metric: "wireless.clients" },
      { ref: "sw-1/if/ge-0/0/1", metric: "interface.in" },
    ]);
    expect(parseView(queryOf(read))).toEqual(read);
  });

  it("what makes no sense in it is left out, never asked of the server", () => {
    expect(parseLine("no-slash:wireless.clients")).toBeNull();
    expect(parseLine("a/b:x&cf=min")).toBeNull();
    expect(parseLine(":x")).toBeNull();
    expect(parseView(new URLSearchParams("span=-5&to=soon&s=x"))).toMatchObject({ lines: [], span: 3_600, to: null });
    expect(parseView(new URLSearchParams("span=1")).span).toBe(SPAN_LEAST);
    expect(parseView(new URLSearchParams("span=999999999999")).span).toBe(SPAN_MOST);
  });

  it("a line stands there once, and there are not more than can be told apart", () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ ref: `ap-${i}/radio/0`, metric: "wireless.clients" }));
    expect(addLines(view, [...many, ...many]).lines.length).toBe(LINES_MOST);
    expect(addLines(view, view.lines).lines).toEqual(view.lines);
    expect(withoutLine(view, { ref: "hotspot/hs-0001", metric: "wireless.clients" }).lines).toEqual([]);
  });

  it("a line belongs to a hotspot, a device or a service", () => {
    expect(["hotspot/hs-1", "probe/hs-2/probe", "sw-1/if/ge-0/0/1"].map(thingOf)).toEqual(["hs-1", "hs-2", "sw-1"]);
    expect(["hotspot/hs-1", "probe/hs-2/probe", "sw-1/if/ge-0/0/1"].map(partOf)).toEqual(["", "", "if/ge-0/0/1"]);
  });
});

describe("zooming and moving", () => {
  it("a stretch is shown as drawn; one that ends in the present follows it", () => {
    expect(zoomTo(view, NOW - 7_200, NOW - 3_600, NOW)).toMatchObject({ span: 3_600, to: NOW - 3_600 });
    expect(zoomTo(view, NOW - 7_200, NOW + 5, NOW)).toMatchObject({ to: null });
  });

  it("from minutes to ten years, and no further", () => {
    let near = view;
    let far = view;
    for (let i = 0; i < 40; i += 1) {
      near = zoomBy(near, 0.5, NOW);
      far = zoomBy(far, 2, NOW);
    }
    expect([near.span, far.span]).toEqual([SPAN_LEAST, SPAN_MOST]);
  });

  it("zooming keeps the middle of a past stretch, and never shows the future", () => {
    const past = { ...view, to: NOW - 10_000 };
    expect(zoomBy(past, 2, NOW)).toMatchObject({ span: 7_200, to: NOW - 10_000 + 1_800 });
    expect(zoomBy(past, 8, NOW)).toMatchObject({ to: null });
    expect(moveBy(view, -0.5, NOW)).toMatchObject({ to: NOW - 1_800 });
    expect(moveBy({ ...view, to: NOW - 100 }, 0.5, NOW)).toMatchObject({ to: null });
  });
});
