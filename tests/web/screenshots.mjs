// SPDX-License-Identifier: GPL-3.0-or-later
// screenshots.mjs [FOLDER] - takes the pictures of docs/screenshots from a running demo, in both languages:
//   node tests/web/screenshots.mjs          (starts `netzwacht demo` itself; or NETZWACHT_URL and NETZWACHT_PASSWORDS)
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { chromiumPath, launch, logIn, openContext, packages, source, startDemo, until } from "./lib.mjs";
import { viewsOf } from "./pages.mjs";

const folder = process.argv[2] ?? join(source, "docs/screenshots");
const LARGEST = 300 * 1024;
const FRESH_MS = 60_000;
const SIZE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** So that graphs have something to show. */
const HISTORY_SECONDS = Number(process.env.NETZWACHT_HISTORY_SECONDS ?? 120);

const require = packages();
if (!require || !chromiumPath()) throw new Error("needs the web build's packages (build/web) and a Chromium");

async function api(page, path) {
  return page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), path);
}

/** Of the whole window, or of one element of the page. */
async function shoot(page, demo, name, { path: hash, ready }, element = null) {
  await page.goto(`${demo.url}#/${hash}`);
  await page.waitForSelector(ready, { timeout: 60_000, state: "attached" });
  await page.waitForTimeout(2_000);
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

async function enter(browser, demo, user, options) {
  const page = await (await openContext(browser, options)).newPage();
  await logIn(page, demo.url, user, demo.passwords.get(user));
  return page;
}

/** A window in the calendar: an empty month shows nothing. */
async function planMaintenance(browser, demo) {
  const page = await enter(browser, demo, "noc", {});
  await page.evaluate(async () => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    const { items } = await (await fetch("/api/v1/devices?kind=switch&limit=3")).json();
    const time = (hours) => new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + hours * 3_600_000).toISOString();
    for (const [index, comment] of ["Spleißarbeiten am Ring", "Tausch der Akkus", "Firmware 6.5.62"].entries()) {
      const body = { target: items[index].id, begin: time(20 + index * 22), end: time(23 + index * 22), comment };
      await fetch("/api/v1/maintenance", { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body) });
    }
  });
  await page.context().close();
}

/** Every view of the route table that has a picture; those of an incident first, while it lasts. */
async function takeAll(browser, demo, suffix, options) {
  const size = options.isPhone ? PHONE : SIZE;
  const pages = { operator: await enter(browser, demo, "operator", { ...options, ...size }), admin: await enter(browser, demo, "admin", { ...options, ...size }) };
  const incident = await tellingIncident(pages.operator);
  const hotspot = incident.members.find((member) => member.kind === "hotspot")?.id;
  const views = (await viewsOf(require, (path) => api(pages.operator, path), { incident: incident.id, ...(hotspot ? { hotspot } : {}) })).filter(({ picture }) => picture);
  const isOfIncident = ({ path }) => /^(incidents\/|map$|hotspots\/|overview$)/.test(path);
  for (const view of [...views.filter(isOfIncident), ...views.filter((each) => !isOfIncident(each))]) {
    await shoot(pages[view.role ?? "operator"], demo, `${view.picture}-${suffix}`, view);
  }
  if (options.theme === "light" && !options.isPhone) await shoot(pages.operator, demo, `list-${suffix}`, { path: "map", ready: ".list-pane tbody tr" }, ".list-pane");
  for (const page of Object.values(pages)) await page.context().close();
}

mkdirSync(folder, { recursive: true });
const demo = await startDemo();
const browser = await launch(require);
try {
  if (!process.env.NETZWACHT_URL) await new Promise((resolve) => setTimeout(resolve, HISTORY_SECONDS * 1000));
  await planMaintenance(browser, demo);
  await takeAll(browser, demo, "de", { language: "de", theme: "light" });
  await takeAll(browser, demo, "en", { language: "en", theme: "light" });
  await takeAll(browser, demo, "dark", { language: "de", theme: "dark" });
  await takeAll(browser, demo, "phone", { language: "de", theme: "light", isPhone: true });
} finally {
  await browser.close();
  await demo.stop();
}
