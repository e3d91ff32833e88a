// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Self, SelfDaemon, SelfFigure } from "../src/api/types";
import { answeredWithin, queueOf, restOf, shortName, sparkPath, troubles, workOf, worstLag } from "../src/model/self";

function figure(name: string, kind: SelfFigure["class"], hour: number | null, value = hour): SelfFigure {
  return { name, kind: name.endsWith("_total") ? "counter" : "gauge", class: kind, value, rate: null, hour, points: null };
}

function daemon(name: string, figures: SelfFigure[], lag: SelfDaemon["lag"] = []): SelfDaemon {
  return { name, partition: name, problem: null, online: true, version: "1", started: null, heartbeat: null, cpu: 0.1, memory_bytes: 1, lag, figures };
}

function self(...daemons: SelfDaemon[]): Self {
  const disk = { free_bytes: 1, size_bytes: 2, journal_bytes: 1, journal_limit_bytes: 2, history_bytes: 1, history_budget_bytes: 2 };
  return { at: "2026-01-01T00:00:00.000Z", step_s: 30, daemons, disk };
}

describe("the monitor itself", () => {
  it("what grows now comes before what grew once, and zeros are apart", () => {
    const { some, none } = troubles(
      self(daemon("a", [figure("old_total", "lost", 0, 99), figure("zero_total", "shed", 0), figure("polls_total", "done", 50)]), daemon("b", [figure("new_total", "rejected", 3)])),
    );
    expect(some.map((told) => told.figure.name)).toEqual(["new_total", "old_total"]);
    expect(none.map((told) => told.figure.name)).toEqual(["zero_total"]);
  });

  it("the share of rejected datagrams counts all reasons against all that came in", () => {
    const collector = daemon("netzwacht-collector", [
      figure("snmp_replies_total", "done", 990),
      figure("snmp_rejected_oids_total", "rejected", 4),
      figure("snmp_rejected_user_total", "rejected", 6),
      figure("traps_malformed_total", "rejected", 1000),
    ]);
    expect(workOf(self(collector)).rejectedShare).toBe(0.01);
    expect(workOf(self()).rejectedShare).toBe(null);
  });

  it("an answer that the network lost is not our loss", () => {
    expect(workOf(self(daemon("a", [figure("snmp_timeouts_total", "lost", 7), figure("store_gaps_total", "lost", 2)]))).lost).toBe(2);
  });

  it("a peak of the last five minutes is the lateness, an older one is not", () => {
    const late = { ...figure("poll_lateness_max_seconds", "late", null, 0.1), points: [9, ...Array(110).fill(0.1), 3, ...Array(8).fill(0.1)] };
    expect(workOf(self(daemon("a", [late]))).lateness).toBe(3);
  });

  it("the histogram tells within which time 99 % were answered", () => {
    const steps = (last: number) => [figure("poll_answered_within_1s_total", "done", last), figure("poll_answered_within_20ms_total", "done", 500), figure("poll_answered_total", "done", 1000)];
    expect(answeredWithin(daemon("a", steps(995)), 0.99)).toEqual({ seconds: 1, isLonger: false });
    expect(answeredWithin(daemon("a", steps(980)), 0.99)).toEqual({ seconds: 1, isLonger: true });
    expect(answeredWithin(daemon("a", []), 0.99)).toBe(null);
    expect(answeredWithin(undefined, 0.99)).toBe(null);
  });

  it("lag is that of the partition it is furthest behind; what waits is added up", () => {
    const one = daemon("a", [figure("snmp_queued", "queue", null, 2), figure("snmp_in_flight", "queue", null, 3), figure("x", "done", null, 9)], [
      { partition: "collector", seconds: 0.2, points: null },
      { partition: "probe", seconds: 4, points: null },
    ]);
    expect(worstLag(one)?.partition).toBe("probe");
    expect(queueOf(one)).toBe(5);
    expect(queueOf(daemon("b", []))).toBe(null);
    expect(worstLag(daemon("b", []))).toBe(null);
    expect(restOf(one).length).toBe(3);
    expect(shortName("netzwacht-store")).toBe("store");
  });

  it("a gap breaks a sparkline, and a lone point is a dash", () => {
    expect(sparkPath([0, 2, null, 1], 30, 20)).toBe("M0 20h0.5L10 0M30 10h0.5");
    expect(sparkPath([5, 5], 10, 20)).toBe("M0 0h0.5L10 0");
    expect(sparkPath([0, 0], 10, 20)).toBe("M0 20h0.5L10 20");
  });
});
