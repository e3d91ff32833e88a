// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import { cityPhases, funnelRows, type FunnelView, type Phase } from "../src/model/funnel";

const phase = (name: string, attempts: number | null, success: number | null, blamed: number | null = 0): Phase => ({
  phase: name,
  attempts,
  success,
  p50: null,
  p95: null,
  blamed,
  failed_silence: 0,
  failed_pool: 0,
  failed_refused: 0,
  failed_name: 0,
  failed_server: 0,
});

const view: FunnelView = {
  sensors: [],
  hotspots: [
    { id: "a", name: "A", at: "", phases: [phase("dns", 100, 50), phase("dhcp4", 20, 100), phase("tcp", null, null, null)] },
    { id: "b", name: "B", at: "", phases: [phase("dns", 300, 100, 1)] },
  ],
  elsewhere: [{ id: "mirror", name: "M", at: "", phases: [phase("dhcp4", 20, 0)] }],
};

test("a phase without figures has no row, a blamed one says so, and what no hotspot could be given stays apart", () => {
  const rows = funnelRows(view);
  expect(rows.map((row) => `${row.id} ${row.phase} ${row.blamed} ${row.isElsewhere}`)).toEqual([
    "a dns false false",
    "a dhcp4 false false",
    "b dns true false",
    "mirror dhcp4 false true",
  ]);
});

test("the city's share weighs hotspots by their attempts, in the order in which somebody gets on-line", () => {
  expect(cityPhases(view)).toEqual([
    { phase: "dhcp4", attempts: 40, success: 20 },
    { phase: "dns", attempts: 400, success: 350 },
  ]);
});
