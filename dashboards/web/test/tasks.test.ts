// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = process.env["NETZWACHT_SOURCE"] ?? join(import.meta.dirname, "../../..");
const folder = join(source, "tests/integration");

describe.skipIf(!existsSync(join(source, "docs/tasks.md")))("docs/tasks.md", () => {
  const text = readFileSync(join(source, "docs/tasks.md"), "utf8");
  const tasks = [...text.matchAll(/^\| (\d+) \|.*\| `([\w.]+)` \|$/gm)].map(([, number, file]) => ({ number: Number(number), file: file ?? "" }));
  const tested = readdirSync(folder)
    .filter((name) => name.endsWith(".mjs"))
    .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/tap\.test\(["`].*\(task (\d+)\)["`],/g)].map(([, number]) => `${number} ${file}`));

  it("numbers the tasks from 1 on, without a gap", () => {
    expect(tasks.length).toBeGreaterThan(20);
    expect(tasks.map(({ number }) => number)).toEqual(tasks.map((_, index) => index + 1));
  });

  it("every task has a test in the file that it names", () => {
    expect(tasks.filter(({ number, file }) => !tested.includes(`${number} ${file}`))).toEqual([]);
  });

  it("no test claims a task that there is not", () => {
    const known = tasks.map(({ number, file }) => `${number} ${file}`);
    expect(tested.filter((each) => !known.includes(each))).toEqual([]);
  });
});
