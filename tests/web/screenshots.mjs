// SPDX-License-Identifier: GPL-3.0-or-later
// screenshots.mjs [FOLDER] - takes the pictures of docs/screenshots from a running demo, in both languages:
//   node tests/web/screenshots.mjs          (starts `netzwacht demo` itself; or NETZWACHT_URL and NETZWACHT_PASSWORDS)
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { chromiumPath, launch, logIn, openContext, packages, source, startDemo, until } from "./lib.mjs";

const folder = process.argv[2] ?? join(source, "docs/screenshots");
const LARGEST = 300 * 1024;
const FRESH_MS = 60_000;
const SIZE = { width: 1200, height: 750 };
/** So that graphs have something to show. */
const HISTORY_SECONDS = Number(process.env.NETZWACHT_HISTORY_SECONDS ?? 120);

const require = packages();
if (!require || !chromiumPath()) throw new Error("needs the web build's packages (build/web) and a Chromium");

async function api(page, path) {
  return page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), path);
}

/** Of the whole window, or of one element of the page. */
async function shoot(page, demo, name, hash, ready, element = null) {
  await page.goto(`${demo.url}#/${hash}`);
  await page.waitForSelector(ready, { timeout: 20_000, state: "attached" });
  await page.waitForTimeout(1_200);
  const path = join(folder, `${name}.png`);
  await (element ? page.locator(element) : page).screenshot({ path });
  const { size } = statSync(path);
  if (size > LARGEST) throw new Error(`${path} has ${size} bytes, more than ${LARGEST}`);
  console.log(`${path} ${Math.round(size / 1024)} kB`);
}

/** A cut or a power failure that takes part of the city: it shows more than a quiet night, or one that takes all of it. */
async function tellingIncident(page) {
  // Those of the demo's script last about a minute; an old one would close while the pictures are taken.
  const isFresh = ({ opened }) => Date.now() - Date.parse(opened) < FRESH_MS;
  const isTelling = (each) => each.members.length >= 10 && each.members.length <= 120 && isFresh(each);
  return until(
    async () => {
      const open = (await api(page, "/incidents?status=open&limit=100")).items;
      const isWhole = open.some(({ members }) => members.length > 120);
      return isWhole ? null : (open.find(isTelling) ?? null);
    },
    "an incident that takes part of the city",
    600,
  );
}

async function takeAll(browser, demo, language, theme, suffix) {
  const context = await openContext(browser, { language, theme, ...SIZE });
  const page = await context.newPage();
  await logIn(page, demo.url, "operator", demo.passwords.get("operator"));
  const incident = await tellingIncident(page);
  const hotspot = incident.members.find((member) => member.kind === "hotspot")?.id ?? "hs-0001";
  await shoot(page, demo, `incident-${suffix}`, `incidents/${incident.id}`, ".page-head h1");
  await shoot(page, demo, `map-${suffix}`, "map", ".marker-canvas");
  await shoot(page, demo, `hotspot-${suffix}`, `hotspots/${hotspot}`, ".chart__drawing canvas, .chart__none");
  await shoot(page, demo, `overview-${suffix}`, "overview", ".tiles");
  await shoot(page, demo, `network-${suffix}`, "topology", ".tree-row");
  await shoot(page, demo, `inventory-${suffix}`, "inventory", ".version-bar");
  await shoot(page, demo, `self-${suffix}`, "self", ".self-bars");
  if (theme === "light") {
    await shoot(page, demo, `list-${suffix}`, "map", ".list-pane tbody tr", ".list-pane");
    await shoot(page, demo, `incidents-${suffix}`, "incidents?status=closed", ".table tbody tr");
  }
  await context.close();
}

mkdirSync(folder, { recursive: true });
const demo = await startDemo();
const browser = await launch(require);
try {
  if (!process.env.NETZWACHT_URL) await new Promise((resolve) => setTimeout(resolve, HISTORY_SECONDS * 1000));
  await takeAll(browser, demo, "de", "light", "de");
  await takeAll(browser, demo, "en", "light", "en");
  await takeAll(browser, demo, "de", "dark", "dark");
} finally {
  await browser.close();
  await demo.stop();
}
