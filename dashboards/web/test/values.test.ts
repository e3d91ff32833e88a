// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Probe } from "../src/api/types";
import { coverageTone } from "../src/model/coverage";
import { numberOf, probeRows } from "../src/model/values";

function probe(values: Record<string, number | null>): Probe {
  return {
    ref: "probe/hs-0001/probe",
    outcome: "ok",
    at: "2026-11-22T02:00:00.000Z",
    values: Object.entries(values).map(([metric, value]) => ({
      metric,
      unit: "1",
      value,
      quality: value === null ? "unknown" : "ok",
      reason: null,
      at: null,
    })),
  };
}

describe("probes", () => {
  it("all packets lost is a failure, some lost is not", () => {
    expect(probeRows(probe({ "probe.icmp.loss": 100 }))[0]?.verdict).toBe("failed");
    expect(probeRows(probe({ "probe.icmp.loss": 33 }))[0]?.verdict).toBe("ok");
  });

  it("an unknown answer is neither good nor bad", () => {
    expect(probeRows(probe({ "probe.portal.ok": null }))[0]?.verdict).toBe("unknown");
  });

  it("what was not asked does not appear", () => {
    expect(probeRows(probe({ "probe.dns.ok": 1, "probe.dns.time": 0.02 })).map((row) => row.kind)).toEqual(["dns"]);
  });

  it("a value that is not there is unknown", () => {
    expect(numberOf(undefined, "cpu.utilization")).toBeNull();
    expect(numberOf(probe({}), "cpu.utilization")).toBeNull();
  });
});

describe("coverage cells", () => {
  it("what is delivered decides the tone", () => {
    expect([1, 0.75, 0.4, 0.1].map((delivered) => coverageTone({ planned: 1, delivered }))).toEqual([0, 0, 1, 2]);
  });

  it("where too little is known, what is planned decides", () => {
    expect(coverageTone({ planned: 0.8, delivered: null })).toBe(0);
  });

  it("a cell that is hardly touched or has no figures is not drawn", () => {
    expect(coverageTone({})).toBeNull();
    expect(coverageTone({ planned: 0.04 })).toBeNull();
  });
});
