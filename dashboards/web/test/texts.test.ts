// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { translate, translateCode } from "../src/i18n";
import { TEXTS } from "../src/i18n/texts";

const here = import.meta.dirname;
const source = join(here, "../src");
const entries = Object.entries(TEXTS) as [string, readonly [string, string]][];

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
}

describe("texts", () => {
  it("every text exists in German and in English", () => {
    const missing = entries.filter(([, [de, en]]) => de.trim() === "" || en.trim() === "").map(([key]) => key);
    expect(missing).toEqual([]);
  });

  it("both languages of a text have the same placeholders", () => {
    const uneven = entries.filter(([, [de, en]]) => placeholders(de).join() !== placeholders(en).join());
    expect(uneven.map(([key]) => key)).toEqual([]);
  });

  it("placeholders are filled and unknown ones stay visible", () => {
    expect(translate("de", "list.count", { shown: 3, total: 540 })).toBe("3 von 540 Hotspots");
    expect(translate("en", "list.count", { shown: 3 })).toBe("3 of {total} hotspots");
  });

  it("a code newer than the table is shown as it is", () => {
    expect(translateCode("de", "reason", "power")).toBe("Stromausfall");
    expect(translateCode("de", "reason", "meteorite")).toBe("meteorite");
  });

  it("every text is used somewhere, by its key or by the prefix of a code", () => {
    const code = filesUnder(source)
      .filter((path) => /\.tsx?$/.test(path) && !path.endsWith("texts.ts"))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const prefixes = [...code.matchAll(/code\("([\w.]+)"/g)].map((match) => `${match[1]}.`);
    const unused = entries.map(([key]) => key).filter((key) => !code.includes(`"${key}"`) && !prefixes.some((p) => key.startsWith(p)));
    expect(unused).toEqual([]);
  });

  const list = process.env["NETZWACHT_STATE_LIST"] ?? join(here, "../../../lib/model/state_list.h");
  it.skipIf(!existsSync(list))("states and reasons are worded as in state_list.h", () => {
    const text = readFileSync(list, "utf8");
    const rows = [...text.matchAll(/^(STATE|REASON)\(\d+, \w+, "(\w+)", "([^"]+)", "([^"]+)"\)/gm)];
    expect(rows.length).toBeGreaterThan(20);
    for (const [, kind, code, de, en] of rows) {
      const key = `${kind === "STATE" ? "state" : "reason"}.${code}`;
      expect([key, (TEXTS as Record<string, readonly [string, string]>)[key]]).toEqual([key, [de, en]]);
    }
  });
});
