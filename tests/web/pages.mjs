// SPDX-License-Identifier: GPL-3.0-or-later
// pages.mjs - the app's pages for the tests, out of its own route table (dashboards/web/src/routes.ts), and axe on one of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { source } from "./lib.mjs";

/** The table as JavaScript: Node 20 does not read TypeScript by itself. */
export async function readRoutes(require) {
  const ts = require("typescript");
  const text = readFileSync(join(source, "dashboards/web/src/routes.ts"), "utf8");
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
  const { ROUTES } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  return ROUTES;
}

/** Every view as {path, ready, picture, role}, with ids that `api` (a GET of /api/v1) knows in place of the braces, or those of `chosen`. */
export async function viewsOf(require, api, chosen = {}) {
  const first = async (path) => (await api(path)).items[0]?.id;
  const ids = {
    hotspot: await first("/hotspots?limit=1"),
    switch: await first("/devices?kind=switch&limit=1"),
    ups: await first("/devices?kind=ups&limit=1"),
    incident: await first("/incidents?limit=1"),
    ...chosen,
  };
  const fill = (path) =>
    path.replace(/\{(\w+)\}/g, (_, kind) => {
      if (!ids[kind]) throw new Error(`${path}: nothing of the kind "${kind}" is known`);
      return encodeURIComponent(ids[kind]);
    });
  return (await readRoutes(require)).flatMap(({ views }) => views.map((view) => ({ ...view, path: fill(view.path) })));
}

/** What axe finds, a line each. It runs in an isolated world: the page's own policy forbids foreign scripts. */
export async function violationsOf(page, require) {
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const evaluate = async (expression) => {
    const answer = await session.send("Runtime.evaluate", { contextId: executionContextId, expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    return answer.result.value;
  };
  await evaluate(`${axe};undefined`);
  const { violations } = await evaluate(
    `axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
      .then(({ violations }) => ({ violations: JSON.parse(JSON.stringify(violations)) }))`,
  );
  await session.detach();
  return violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, 3).map((node) => `${node.target.join(" ")} (${node.failureSummary.split("\n")[1]?.trim()})`);
    return `${id}: ${places.join(" | ")}`;
  });
}
