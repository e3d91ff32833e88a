// SPDX-License-Identifier: GPL-3.0-or-later
// xss.mjs - a town full of hostile texts (lib/hostile.py) in Chromium: nothing of them runs, on any page, with the pages'
// own policy and with it bypassed; no policy is even asked (TAP).
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { readRoutes } from "../web/pages.mjs";
import { Tap, assert, chromiumPath, equal, launch, logIn, openContext, packages, skipAll, source, until } from "../web/lib.mjs";

const require = packages();
if (!require) skipAll("the web bundle was not built here, so there is no playwright-core");
if (!chromiumPath()) skipAll("no Chromium is installed");

const tap = new Tap();
let town, browser;

/** Beside the views of the app's own table: what only this town has to show. */
const MORE = [["hotspots/hs-7", ".page-head h1"], ["inventory?view=list", ".table tbody tr"], ["topology?at=sw-1", ".tree-row.is-at"], ["graphs?s=hotspot/hs-alive:wireless.clients&s=core/if/1:interface.in&week=1", ".graph-lines li"]];

/** Pages on which at least so many of the texts stand: that they arrived at all. */
const SHOWN = { map: 250, "hotspots/hs-alive": 250, devices: 250, "devices/core": 250, "incidents/{incident}": 200, "topology?at=sw-1": 250, "inventory?view=list": 250 };

/** [path, what must be there before it is looked at] of every view in routes.ts. */
async function allViews() {
  const ids = { hotspot: "hs-alive", switch: "core", ups: "d-9", incident: town.incident };
  const views = (await readRoutes(require)).flatMap((route) => route.views);
  assert(views.length >= 15, `only ${views.length} views`);
  return [...views.map(({ path, ready }) => [path.replace(/\{(\w+)\}/g, (_, kind) => ids[kind]), ready]), ...MORE];
}

async function startTown() {
  const child = spawn("/usr/bin/python3", [join(source, "tests/integration/lib/hostile.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", (status) => reject(new Error(`the town ended with ${status}`)));
  });
  const stop = () =>
    new Promise((resolve) => {
      child.once("exit", resolve);
      child.stdin.end();
    });
  return { ...JSON.parse(line), stop };
}

/** A browser that tells what ran: alert() of every frame ends up here, and so does each question to another host. */
async function openWatched(options) {
  const context = options.isBypassed ? await browser.newContext({ bypassCSP: true, locale: "de-DE" }) : await openContext(browser, options);
  const seen = { ran: [], left: [], violations: [], errors: [] };
  await context.exposeBinding("alert", ({ frame }, ...words) => void seen.ran.push(`${frame.url()}: alert(${words})`));
  await context.exposeBinding("noteViolation", ({ frame }, text) => void seen.violations.push(`${frame.url()}: ${text}`));
  await context.addInitScript(() => addEventListener("securitypolicyviolation", (event) => window.noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)));
  await context.route(
    (url) => !`${url}`.startsWith(town.url) && !["data:", "blob:", "about:"].includes(url.protocol),
    (route) => {
      seen.left.push(route.request().url());
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on("dialog", (dialog) => {
    seen.ran.push(`${page.url()}: ${dialog.type()}`);
    return dialog.dismiss();
  });
  page.on("pageerror", (error) => seen.errors.push(`${page.url()}: ${error.message}`));
  return { context, page, seen };
}

/** What no page of ours has: found in the document itself, whether it would have run or not. */
function strangers() {
  const bad = [];
  for (const each of document.querySelectorAll("*")) {
    if (["IFRAME", "OBJECT", "EMBED", "BASE", "MARQUEE", "FRAME", "FRAMESET", "MATH"].includes(each.tagName.toUpperCase())) bad.push(each.outerHTML);
    if (each.tagName === "SCRIPT" && new URL(each.src || "x:", location.href).origin !== location.origin) bad.push(each.outerHTML);
    if (each.tagName === "META" && /refresh|content-security/i.test(each.httpEquiv)) bad.push(each.outerHTML);
    for (const { name, value } of each.attributes) {
      if (/^on/i.test(name) || name === "srcdoc") bad.push(each.outerHTML);
      if (/^(href|src|action|formaction|data|xlink:href)$/i.test(name) && /^[\s\u0000-\u0020]*(javascript|vbscript|data:text)/i.test(value)) bad.push(each.outerHTML);
    }
  }
  return bad.map((text) => text.slice(0, 200));
}

/** How many of the texts stand on the page, spaces aside, in its text or in a field. */
function countShown(texts) {
  const plain = (text) => text.replace(/[\s\u0000-\u001f]+/g, "");
  const fields = [...document.querySelectorAll("option, input")].map((each) => each.value);
  const all = plain(document.body.textContent + fields.join(""));
  return texts.filter((text) => plain(text) && all.includes(plain(text))).length;
}

/** Long tables show a part of their rows at first. */
async function unfold(page) {
  for (let i = 0; i < 40; i += 1) {
    const more = page.locator(".table-more").first();
    if ((await more.count()) === 0) return;
    await more.click({ timeout: 5_000 }).catch(() => undefined);
  }
}

async function go(page, hash, ready) {
  await page.goto(`${town.url}#/${hash}`);
  await page.waitForSelector(`main[data-path="${hash.split("?")[0]}"] ${ready}`, { timeout: 60_000 });
}

/** Filters and unknown ids out of the address, each hostile text in turn, without loading the page anew. */
async function walkAddresses(page) {
  await page.evaluate(async (texts) => {
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    for (const text of texts) {
      for (const hash of [`#/map?q=${text}`, `#/${text}`, `#/incidents?q=${encodeURIComponent(text)}&status=${encodeURIComponent(text)}`, `#/inventory?view=list&model=${encodeURIComponent(text)}`]) {
        location.hash = hash;
        await pause(10);
      }
      location.hash = `#/hotspots/${encodeURIComponent(text)}`;
      await pause(30); // each asks the server
    }
  }, town.texts);
}

async function testPages(kind, options) {
  const { context, page, seen } = await openWatched(options);
  await logIn(page, town.url, "admin", town.passwords.admin);
  for (const [path, ready] of await allViews()) {
    await tap.test(`${path}: texts stay texts (${kind})`, async () => {
      await go(page, path, ready);
      const least = SHOWN[path.replace(town.incident, "{incident}")] ?? 0;
      if (least > 0) await until(async () => (await unfold(page), await page.evaluate(countShown, town.texts)) >= least, `${least} of the texts on ${path}`, 60);
      for (const details of await page.locator("details:not([open]) > summary").all()) await details.click({ timeout: 5_000 }).catch(() => undefined);
      await page.waitForTimeout(300);
      equal((await page.evaluate(strangers)).join("\n"), "", "strange elements");
    });
  }
  await tap.test(`texts in the address stay texts (${kind})`, async () => {
    await go(page, "map", ".filters__count");
    await walkAddresses(page);
    equal((await page.evaluate(strangers)).join("\n"), "", "strange elements");
  });
  await testFiles(kind, page);
  await tap.test(`nothing ran, nothing left the server, no policy was asked (${kind})`, async () => {
    equal(seen.ran.join("\n"), "", "what ran");
    equal(seen.left.join("\n"), "", "what left");
    equal(seen.violations.join("\n"), "", "violations");
    equal(seen.errors.join("\n"), "", "errors");
  });
  await context.close();
}

/** The citizens' page, its map and feed, and answers of the API, each opened as a document. */
async function testFiles(kind, page) {
  const directory = join(town.directory, "state/public");
  const files = readdirSync(directory).filter((name) => /\.(html|svg|json|atom|geojson|xml)$/.test(name));
  const api = ["hotspots?limit=1000", "hotspots.geojson", "devices?limit=1000", "devices/core/entities", `incidents/${town.incident}`, "sites?limit=1000", "firmware", "topology"];
  await tap.test(`the citizens' ${files.length} files and the API opened as documents run nothing (${kind})`, async () => {
    assert(files.some((name) => name.endsWith(".svg")) && files.length > 4, `only ${files}`);
    const bad = [];
    for (const path of [...files.map((name) => `status/${name}`), ...api.map((name) => `api/v1/${name}`), "healthz", "metrics"]) {
      const answer = await page.goto(`${town.url}${path}`, { waitUntil: "load" }).catch((error) => error); // a feed is downloaded
      if (answer instanceof Error && !/Download is starting|ERR_ABORTED/.test(answer.message)) bad.push(`${path}: ${answer.message}`);
      if (answer && !(answer instanceof Error) && !answer.headers()["content-security-policy"]) bad.push(`${path}: no policy`);
      const found = await page.evaluate(strangers);
      if (found.length > 0) bad.push(`${path}: ${found.join(" ")}`);
    }
    equal(bad.join("\n"), "", "strange elements");
  });
}

/** The proof that the watch works: the same texts as markup, where nothing forbids it. */
async function testWatch() {
  await tap.test("the texts are live: as markup without a policy more than fifty of them run, and the watch sees it", async () => {
    const { context, page, seen } = await openWatched({ isBypassed: true });
    await page.goto(`${town.url}status/`);
    for (const text of town.texts) {
      await page.evaluate((html) => document.documentElement.append(document.createRange().createContextualFragment(html)), text).catch(() => undefined); // some break the page
    }
    await until(() => seen.ran.length > 50, "more than fifty alerts", 60).catch(() => assert(false, `only ${seen.ran.length} ran`));
    await page.goto(`${town.url}status/`);
    await page.evaluate(() => document.body.append(document.createRange().createContextualFragment('<p onclick="x()"><a href="javascript:x()">x</a></p>')));
    equal((await page.evaluate(strangers)).length, 2, "strange elements");
    await context.close();
  });
}

async function testTrustedTypes() {
  await tap.test("the one policy passes exactly what Leaflet sets, and no text of the corpus", async () => {
    const { context, page, seen } = await openWatched({});
    await page.goto(town.url);
    await page.waitForSelector("#user");
    const { passed, name, second } = await page.evaluate((texts) => {
      const element = document.createElement("div");
      const isSet = (act) => {
        try {
          act();
          return true;
        } catch {
          return false;
        }
      };
      const passes = (text) => [
        () => (element.innerHTML = text),
        () => element.insertAdjacentHTML("beforeend", text),
        () => new DOMParser().parseFromString(text, "text/html"),
        () => (document.createElement("script").text = text),
        () => (document.createElement("script").src = text),
        () => (document.createElement("iframe").srcdoc = text),
      ].some(isSet);
      const passed = [...texts, "<svg />", "<svg/> ", "<SVG/>", "<svg/><b>"].filter(passes);
      const second = isSet(() => window.trustedTypes.createPolicy("other", {})) || isSet(() => window.trustedTypes.createPolicy("default", {}));
      element.innerHTML = "<svg/>";
      return { passed, name: window.trustedTypes.defaultPolicy?.name, second };
    }, town.texts);
    equal(passed.join("\n"), "", "what passes");
    equal(name, "default", "the policy");
    assert(!second, "a second policy can be made");
    await until(() => seen.violations.length > town.texts.length, "the refusals are told", 30);
    await context.close();
  });

  await tap.test("every constant that the bundle's Leaflet makes markup of while it loads is in the policy", async () => {
    const constants = [...readFileSync(require.resolve("leaflet/dist/leaflet-src.js"), "utf8").matchAll(/^\s*div\.innerHTML = '([^']+)'/gm)].map(([, text]) => text);
    const policy = readFileSync(join(source, "dashboards/web/src/trusted.ts"), "utf8");
    const { context, page, seen } = await openWatched({});
    await logIn(page, town.url, "noc", town.passwords.noc);
    await go(page, "map", ".filters__count");
    await page.waitForSelector(".marker-canvas", { state: "attached", timeout: 60_000 });
    assert(constants.length > 0 && policy.includes(`"${constants[0]}"`), `${constants} are Leaflet's`);
    equal(seen.violations.join("\n"), "", "violations");
    await context.close();
  });
}

let status = 1;
try {
  town = await startTown();
  browser = await launch(require);
  await testWatch();
  await testTrustedTypes();
  await testPages("with the policy", {});
  await testPages("policy bypassed", { isBypassed: true });
  status = tap.end();
} catch (error) {
  tap.count += 1;
  console.log(`not ok ${tap.count} - the browser tests could be run\n# ${String(error?.stack ?? error).replaceAll("\n", "\n# ")}\n1..${tap.count}`);
} finally {
  await browser?.close();
  await town?.stop();
}
process.exit(status);
