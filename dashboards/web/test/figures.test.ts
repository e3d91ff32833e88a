// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIGURE_NAMES, figureAdvice, figureMeaning } from "../src/i18n/figures";

const list = process.env["NETZWACHT_FIGURE_LIST"] ?? join(import.meta.dirname, "../../../lib/model/figure_list.h");
const TROUBLE = ["REJECTED", "LATE", "LOST", "SHED"];

describe.skipIf(!existsSync(list))("figures", () => {
  const rows = existsSync(list) ? [...readFileSync(list, "utf8").matchAll(/^FIGURE\("(\w+)", (\w+), (\w+),/gm)] : [];

  it("each figure of figure_list.h has its words, and there are no others", () => {
    expect(rows.length).toBeGreaterThan(100);
    expect([...FIGURE_NAMES].sort()).toEqual(rows.map(([, name]) => name).sort());
  });

  it("what is rejected, late, lost or shed has advice in both languages", () => {
    const silent = rows.filter(([, name = "", , kind = ""]) => TROUBLE.includes(kind) && !(figureAdvice(name, "de") && figureAdvice(name, "en")));
    expect(silent.map(([, name]) => name)).toEqual([]);
  });

  it("a figure newer than these pages is shown by its name", () => {
    expect(figureMeaning("dreams_total", "de")).toBe("dreams_total");
    expect(figureAdvice("dreams_total", "de")).toBe(null);
  });
});
