// SPDX-License-Identifier: GPL-3.0-or-later
// browser.mjs - the operators' app in Chromium on the running demo (TAP). NETZWACHT_HOTSPOTS: size of the city;
// NETZWACHT_URL and NETZWACHT_PASSWORDS (a file): a demo that runs already.
import { readFileSync } from "node:fs";
import { Tap, assert, equal, launch, logIn, openContext, packagesOrSkip, runAll, startDemo, startMock, until } from "../web/lib.mjs";
import { violationsOf } from "../web/pages.mjs";

const require = packagesOrSkip();
const HOTSPOTS = Number(process.env.NETZWACHT_HOTSPOTS ?? 540);
/** A scripted incident of the demo must have opened by then. */
const INCIDENT_SECONDS = 180;
const COMMENT = "Techniker <b>unterwegs</b> & informiert";

const tap = new Tap();
const complaints = [];
let demo, browser, context, page;

function watch(each) {
  each.on("console", (message) => {
    if (message.type() === "error" && !isExpected(message)) complaints.push(`${each.url()}: ${message.text()} ${message.location().url}`);
  });
  each.on("pageerror", (error) => complaints.push(`${each.url()}: ${error.message}`));
  each.on("request", (request) => {
    if (!request.url().startsWith(demo.url)) complaints.push(`a request left the page: ${request.url()}`);
  });
}

/** Chromium itself logs every answer that is an error; to these the pages have an answer of their own. */
function isExpected(message) {
  const { url } = message.location();
  return (/\/api\/v1\/events/.test(url) && /ERR_FAILED/.test(message.text())) || (/\/api\/v1\/coverage/.test(url) && /404/.test(message.text())) || (/\/api\/v1\/session/.test(url) && /401/.test(message.text()));
}

/** Waits for `ready` inside the new page: the one before may have such an element too. */
async function go(hash, ready) {
  await page.goto(`${demo.url}#/${hash}`);
  await page.waitForSelector(`main[data-path="${hash.split("?")[0]}"] ${ready}`, { timeout: 20_000 });
}

async function api(path) {
  return page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), path);
}

async function violations() {
  return violationsOf(page, require);
}

async function unhandledIncident() {
  return until(
    async () => (await api("/incidents?status=open&limit=100")).items.find((each) => each.operator.state === "none") ?? null,
    "an open incident that nobody handles",
    INCIDENT_SECONDS,
  );
}

async function anyIncident() {
  return (await api("/incidents?limit=1")).items[0] ?? unhandledIncident();
}

async function newPage(options) {
  await context?.close();
  context = await openContext(browser, options);
  page = await context.newPage();
  watch(page);
}

/** The count beside the list's head, once the list has been read. */
async function waitForCount(expected) {
  const isThere = async () => (await page.getAttribute(".filters__count", "data-shown")) === String(expected);
  await until(isThere, `a list of ${expected}`, 15);
}

async function paintedPixels() {
  return page.$eval(".marker-canvas", (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) count += 1;
    return count;
  });
}

async function testLogIn(password) {
  await tap.test("a wrong password is refused with a message and nothing else", async () => {
    await page.goto(demo.url);
    await page.fill("#user", "operator");
    await page.fill("#password", "certainly wrong");
    await page.click("button[type=submit]");
    await page.waitForSelector("#login-problem");
    assert(!(await page.$(".tiles")), "the overview must not be shown");
  });

  await tap.test("the log-in page has no accessibility violation", async () => {
    equal((await violations()).join("\n"), "", "violations");
  });

  await tap.test("an account with a second factor is asked for its code, in the same form (task 2)", async () => {
    await page.route("**/api/v1/session", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      const { code } = route.request().postDataJSON();
      const type = `urn:netzwacht:problem:${code ? "second-factor-wrong" : "second-factor"}`;
      return route.fulfill({ status: 401, contentType: "application/problem+json", body: JSON.stringify({ type, title: "x", status: 401 }) });
    });
    await page.fill("#user", "operator");
    await page.fill("#password", password);
    await page.click("button[type=submit]");
    await page.waitForSelector("#code:focus");
    equal((await violations()).join("\n"), "", "violations");
    await page.fill("#code", "123456");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#code[aria-invalid=true]");
    assert(/Code stimmt nicht/.test(await page.textContent("#login-problem")), "what is wrong");
    await page.unroute("**/api/v1/session");
    await page.reload();
  });
  await tap.test("an operator logs in and sees every hotspot counted in one state (task 1)", async () => {
    await logIn(page, demo.url, "operator", password);
    const total = () => page.$$eval("[data-state] strong", (all) => all.reduce((sum, each) => sum + Number(each.textContent.replace(/\D/g, "")), 0));
    await until(async () => (await total()) === HOTSPOTS, `tiles whose sum is ${HOTSPOTS}`, 15);
  });

  await tap.test("the simulated city says that it is one", async () => {
    assert(/Simulierte Stadt/.test(await page.textContent(".banner")), "banner");
  });
}

async function testMap() {
  await tap.test(`the list beside the map has ${HOTSPOTS} hotspots, and the map draws them`, async () => {
    await go("map", ".filters__count");
    await waitForCount(HOTSPOTS);
    await page.waitForSelector(".marker-canvas", { state: "attached" });
    const painted = await until(paintedPixels, "painted pixels", 10);
    assert(painted > 5000, `only ${painted} pixels are painted`);
    const rows = async () => {
      await page.click(".table-more", { timeout: 1_000 }).catch(() => undefined);
      return (await page.locator(".list-pane tbody tr").count()) === HOTSPOTS;
    };
    await until(rows, `${HOTSPOTS} rows`, 20);
  });

  await tap.test("a filter by district changes list and address alike (task 5)", async () => {
    const district = (await api("/config")).districts[0];
    const expected = (await api("/hotspots?limit=1000")).items.filter((each) => each.district === district.id).length;
    await page.selectOption("#district", district.id);
    await waitForCount(expected);
    await page.waitForURL((url) => url.hash.includes(`district=${district.id}`), { timeout: 5_000 });
    assert(expected > 0 && expected < HOTSPOTS, `${expected} hotspots in ${district.id}`);
  });

  await tap.test("the second click on a column head sorts the largest number first", async () => {
    await go("map", ".filters__count");
    await waitForCount(HOTSPOTS);
    const head = page.locator(".list-pane th", { hasText: "Clients" });
    await head.locator("button").click();
    await head.locator("button").click();
    await page.waitForSelector('.list-pane th[aria-sort="descending"]', { timeout: 5_000 });
    const numbers = await page.$$eval(".list-pane tbody tr", (rows) => rows.map((row) => row.querySelector("td.is-number").textContent));
    const known = numbers.filter((text) => text !== "–").map((text) => Number(text.replace(/\D/g, "")));
    assert(known.length > 10, "known numbers of clients");
    assert(known.every((value, i) => i === 0 || known[i - 1] >= value), `not in order: ${known.slice(0, 20)}`);
  });

  await tap.test("a click on a single marker names the hotspot under it (task 6)", async () => {
    await go("map?state=usable", ".filters__count"); // above others a switch in trouble may lie
    await page.locator(".list-pane tbody .is-icon").first().click();
    await page.waitForSelector('.map-card[data-picked="1"]');
    const name = await page.textContent(".map-card a");
    const box = await page.locator(".map-box").boundingBox();
    await page.click(".map-card__close");
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForSelector(".map-card");
    const names = await page.$$eval(".map-card a", (all) => all.map((each) => each.textContent));
    assert(names.includes(name), `${name} is not among ${names}`);
  });
}

async function testLive() {
  await tap.test("the live stream is open and carries events", async () => {
    await page.waitForSelector('[data-live="open"]', { timeout: 10_000 });
    const got = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const source = new EventSource("/api/v1/events");
          const done = (value) => (source.close(), resolve(value));
          for (const type of ["summary", "state", "incident", "daemon"]) source.addEventListener(type, () => done(true));
          setTimeout(() => done(false), 12_000);
        }),
    );
    assert(got, "no event within 12 s");
  });
}

async function testHotspot() {
  await tap.test("a hotspot's page shows its way to the core, its probes, and a graph with its table (task 8)", async () => {
    await go("hotspots/hs-0001", ".page-head h1");
    const detail = await api("/hotspots/hs-0001");
    equal(await page.textContent(".page-head h1"), detail.name, "name");
    equal(await page.$$eval(".chain li", (all) => all.length), detail.path.length, "steps to the core");
    assert(detail.path.length > 0, "the path must not be empty");
    await page.waitForSelector(".chart__drawing canvas", { timeout: 20_000 });
    await page.locator(".charts .chart__table summary").first().click();
    await page.waitForSelector(".charts .chart__table tbody tr:nth-child(6)", { timeout: 10_000 });
  });
}

async function testIncidents() {
  await tap.test("an incident is acknowledged with a comment, and the outcome arrives (task 10)", async () => {
    const incident = await unhandledIncident();
    await go(`incidents/${incident.id}`, "#comment");
    await page.fill("#comment", COMMENT);
    await page.click(".actions .is-primary");
    await page.waitForSelector('.actions__result[data-outcome="done"]', { timeout: 15_000 });
    await page.waitForSelector('[data-operator="acknowledged"]', { timeout: 10_000 });
    const isLogged = async () => (await page.$$eval(".log q", (all) => all.map((each) => each.textContent))).includes(COMMENT);
    await until(isLogged, "the comment as text", 10);
    const { operator } = await api(`/incidents/${incident.id}`);
    equal(`${operator.state} ${operator.by}`, "acknowledged operator", "what the API says");
  });

  await tap.test("a second window sees a comment without reloading", async () => {
    const { id } = await anyOpenIncident();
    const other = await context.newPage();
    watch(other);
    await other.goto(`${demo.url}#/incidents/${id}`);
    await other.waitForSelector("#comment");
    await go(`incidents/${id}`, "#comment");
    await page.fill("#comment", "Zweites Fenster");
    // Chromium slows the timers of a window behind another, so the window itself notes when it saw the comment.
    await other.evaluate(() => {
      const look = () => {
        const isThere = [...document.querySelectorAll(".log q")].some((each) => each.textContent === "Zweites Fenster");
        if (isThere) document.body.dataset.seenAt ??= String(Date.now());
      };
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    const begin = Date.now();
    await page.click("[data-verb=comment]");
    const seenAt = await until(() => other.evaluate(() => Number(document.body.dataset.seenAt ?? 0)), "the comment in the other window", 10);
    console.log(`# seen by the other window after ${seenAt - begin} ms`);
    await other.close();
  });
}

/** The incident whose row has the focus. */
async function focusedRow() {
  return page.evaluate(() => document.activeElement.closest(".incident-table tr[data-id]")?.dataset.id ?? null);
}

async function testConsole() {
  await tap.test("the keyboard walks the incidents, the hardest hit first, opens one and comes back (task 12)", async () => {
    await anyOpenIncident();
    await go("incidents", ".incident-table tbody tr");
    const ids = await page.$$eval(".incident-table tr[data-id]", (rows) => rows.map((row) => row.dataset.id));
    const { items } = await api("/incidents?status=open&limit=1000");
    const hits = ids.map((id) => items.find((each) => each.id === id)?.priority).filter((each) => each !== undefined);
    equal(hits.join(), [...hits].sort((a, b) => b - a).join(), "priorities from the top");
    await page.keyboard.press("j");
    equal(await focusedRow(), ids[0], "after j");
    if (ids.length > 1) {
      await page.keyboard.press("j");
      equal(await focusedRow(), ids[1], "after j again");
      await page.keyboard.press("k");
    }
    await page.keyboard.press("Enter");
    await page.waitForSelector(`main[data-path="incidents/${ids[0]}"] .page-head h1`);
    await page.keyboard.press("l");
    await page.waitForSelector('main[data-path="incidents"] .incident-table');
  });

  await tap.test("the keys are listed behind ?, and can be switched off", async () => {
    await page.keyboard.press("?");
    await page.waitForSelector("dialog.keys[open]");
    const bad = await violations();
    equal(bad.join("\n"), "", "violations in the dialog");
    await page.locator("dialog.keys input[type=checkbox]").uncheck();
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog.keys", { state: "hidden" });
    await page.keyboard.press("?");
    assert(!(await page.$("dialog.keys[open]")), "a key works though it is switched off");
    await page.locator(".page-head button[aria-haspopup=dialog]").click();
    await page.locator("dialog.keys input[type=checkbox]").check();
    await page.keyboard.press("Escape");
  });

  await tap.test("filters stand in the address, and an empty list says why", async () => {
    await go("incidents?q=nosuchthing", "#open-count");
    await page.waitForSelector('#open-count[data-shown="0"]');
    assert((await page.textContent(".panel .muted")).includes("Filtern"), "the reason of an empty list");
    await page.fill("#search", "");
    await page.waitForSelector(".incident-table tbody tr");
    await page.selectOption("#assigned", "nobody");
    assert(page.url().includes("assigned=nobody"), page.url());
  });

  await tap.test("an incident is assigned, shelved with a reason and taken up again, and its timeline says who did what (task 11)", async () => {
    await newPage();
    await logIn(page, demo.url, "noc", demo.passwords.get("noc"));
    const { id } = await anyOpenIncident();
    await go(`incidents/${id}`, "#comment");
    const done = async (verb) => {
      await page.waitForSelector(`button[data-verb=${verb}]:not([disabled])`, { timeout: 15_000 });
      await page.click(`button[data-verb=${verb}]`);
      await page.waitForSelector('.actions__result[data-outcome="waiting"]', { timeout: 5_000 }).catch(() => undefined);
      await page.waitForSelector('.actions__result[data-outcome="done"]', { timeout: 15_000 });
    };
    await page.keyboard.press("z");
    equal(await page.evaluate(() => document.activeElement.id), "person", "after z");
    await page.keyboard.type("Trupp Nord");
    await done("assign");
    await page.click("button[data-verb=shelve]");
    await page.waitForSelector("#comment-empty");
    await page.fill("#comment", "Bagger abgezogen");
    await done("shelve");
    await done("unshelve");
    const words = async () => (await page.$$eval(".log .is-person", (all) => all.map((each) => each.textContent))).join("\n");
    await until(async () => (await words()).includes("Zurückstellung beendet"), "the end of the shelving in the timeline", 15);
    const said = await words();
    assert(said.includes("zugewiesen an: Trupp Nord") && said.includes("Bagger abgezogen") && said.includes("noc (Oberfläche)"), said);
    equal((await api(`/incidents/${id}`)).operator.assigned, "Trupp Nord", "assigned");
    assert((await page.$$(".member-tree li")).length > 0 && (await page.$(".member-map path")), "members on map and tree");
  });

  await tap.test("maintenance of a cause is announced to citizens in both languages, from the keyboard (task 21)", async () => {
    const { id, cause } = (await api("/incidents?status=open&limit=100")).items.find((each) => each.cause.id);
    await go(`incidents/${id}`, "#comment");
    await page.fill("#comment", "Spleißen");
    await page.focus("#announce");
    await page.keyboard.press("Space");
    await page.fill("#announce-de", "ü".repeat(251));
    await page.waitForSelector("#announce-de-over");
    assert(await page.isDisabled("button[data-verb=maintenance]"), "a text that the server refuses can be sent");
    const found = await violations();
    equal(found.length, 0, found.join("\n"));
    await page.fill("#announce-de", "Wir spleißen eine Glasfaser.");
    await page.fill("#announce-en", "We splice a fibre.");
    await page.click("button[data-verb=maintenance]");
    await page.waitForSelector('.actions__result[data-outcome="done"]', { timeout: 15_000 });
    assert(!(await page.isChecked("#announce")), "the next window would be announced, too");
    const asked = (await api("/maintenance")).items.find((each) => each.target === cause.id);
    equal(JSON.stringify(asked?.announced), '{"de":"Wir spleißen eine Glasfaser.","en":"We splice a fibre."}', "what citizens are told");
    const ended = await page.evaluate(async (window) => {
      const { csrf } = await (await fetch("/api/v1/session")).json();
      return (await fetch(`/api/v1/maintenance/${window}`, { method: "DELETE", headers: { "X-CSRF-Token": csrf } })).status;
    }, asked.id);
    equal(ended, 202, "the end of the window");
    await newPage();
    await logIn(page, demo.url, "operator", demo.passwords.get("operator"));
  });
}

/** The pages on the stand-in server: the demo has no such storm. */
async function testStorm() {
  await tap.test("a storm of 1,000 incidents leaves the list short, the page at work, and every incident counted (task 12)", async () => {
    const mock = await startMock();
    try {
      // A context of its own: cookies know no ports.
      const own = await openContext(browser);
      const storm = await own.newPage();
      await logIn(storm, mock.url, "operator", "mock");
      await storm.goto(`${mock.url}#/incidents`);
      await storm.waitForSelector("#open-count");
      const before = Number(await storm.getAttribute("#open-count", "data-count"));
      await storm.evaluate(() => {
        window.drawn = 0;
        window.rowsAtMost = 0;
        new MutationObserver((changes) => {
          window.drawn += changes.some((each) => each.attributeName === "data-count");
          window.rowsAtMost = Math.max(window.rowsAtMost, document.querySelectorAll(".incident-table tbody tr").length);
        }).observe(document.querySelector("main"), { subtree: true, attributes: true, childList: true });
      });
      // Ten times as dense as a thousand in a minute.
      await storm.evaluate(() => fetch("/api/v1/mock/storm?count=1000&seconds=6"));
      await storm.waitForTimeout(1_500);
      const answered = Date.now();
      await storm.fill("#search", "Sturm 1");
      await storm.waitForSelector('#open-count:has-text("von")');
      console.log(`# a filter answers after ${Date.now() - answered} ms in the storm`);
      await storm.fill("#search", "");
      const all = async () => Number(await storm.getAttribute("#open-count", "data-count")) === before + 1000;
      await until(all, "all incidents of the storm", 90);
      const { drawn, rowsAtMost } = await storm.evaluate(() => ({ drawn: window.drawn, rowsAtMost: window.rowsAtMost }));
      console.log(`# drawn ${drawn} times, ${rowsAtMost} rows at most`);
      assert(rowsAtMost <= 100, `${rowsAtMost} rows at a time`);
      assert(drawn < 500, `drawn ${drawn} times for 2,000 events`);
      await own.close();
    } finally {
      mock.stop();
    }
  });
}

/** What the list shows, once it is of these filters. */
async function waitForFound(expected) {
  const isThere = async () => (await page.getAttribute("#found", "data-found")) === String(expected);
  await until(isThere, `a list of ${expected}`, 15);
}

async function testInventory() {
  await until(async () => (await api("/firmware/assets?limit=1000")).items.every((each) => each.model), "a word of every device", 60);
  await tap.test("the keyboard alone finds all devices with firmware older than a version and downloads them (task 22)", async () => {
    const all = (await api("/firmware/assets?limit=1000&model=UAP-SIM-2")).items;
    const old = (await api("/firmware/assets?limit=1000&model=UAP-SIM-2&older_than=6.5.62")).items;
    assert(old.length > 0 && old.length < all.length, `${old.length} of ${all.length} are old: nothing to choose from`);
    await go("inventory", ".version-bar");
    await page.focus("input[name=view]");
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector("#older_than");
    await page.focus("#model");
    await page.keyboard.type("UAP-SIM-2");
    await waitForFound(all.length);
    await page.keyboard.press("Tab");
    equal(await page.evaluate(() => document.activeElement.id), "older_than", "the next field");
    await page.keyboard.type("6.5.62");
    await waitForFound(old.length);
    assert(page.url().includes("older_than=6.5.62"), `the address can be shared: ${page.url()}`);
    await page.focus(".download button");
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    const lines = readFileSync(await download.path(), "utf8").replace("\ufeff", "").split("\r\n").filter(Boolean);
    equal(lines[0].split(",").slice(0, 2).join(), "device,entity", "head of the table");
    equal(lines.slice(1).map((line) => line.split(",")[0]).join(), old.map((each) => each.device).join(), "devices in the file");
  });

  await tap.test("a finding leads to exactly the devices that it counts", async () => {
    const { firmware } = await api("/firmware");
    await go("inventory", ".tile.is-unusable a");
    await page.locator(".tile.is-unusable a").first().click();
    await waitForFound(firmware.too_old);
    const badges = await page.$$eval("[data-firmware]", (list) => [...new Set(list.map((each) => each.dataset.firmware))]);
    equal(badges.join(), "too_old", "badges");
  });

  await tap.test("half a version is explained and filters nothing yet", async () => {
    const { assets } = await api("/firmware");
    await go("inventory?view=list", ".table tbody tr");
    await page.fill("#older_than", "v");
    await page.waitForSelector("#older_than-hint");
    await waitForFound(assets);
  });

  await tap.test("a swapped device says so, with both serial numbers as text (task 23)", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    const items = [{ at: "2026-11-22T05:00:00.000Z", entity: null, what: "serial", before: evil, after: "SIM2" }];
    await page.route("**/changes", (route) => route.fulfill({ json: { items } }));
    const { items: devices } = await api("/devices?kind=switch&limit=1");
    await go(`devices/${devices[0].id}`, "#changes");
    await page.waitForSelector(".log li");
    const text = await page.textContent(".log li");
    assert(text.includes("Gerät getauscht") && text.includes(`${evil} → SIM2`), text);
    await page.unroute("**/changes");
  });
}

async function anyOpenIncident() {
  return (await api("/incidents?status=open&limit=1")).items[0] ?? unhandledIncident();
}

async function testLanguageAndKeyboard() {
  await tap.test("the language changes in place, on every page alike (task 26)", async () => {
    await go("incidents", ".page-head h1");
    equal(await page.textContent(".page-head h1"), "Störungen", "German");
    await page.click("button[lang=en]");
    await page.waitForSelector('.page-head h1:text-is("Incidents")', { timeout: 5_000 });
    equal(await page.getAttribute("html", "lang"), "en", "lang");
    await go("map", ".filters__count");
    assert(/ of /.test(await page.textContent(".filters__count")), "English count");
    await page.click("button[lang=de]");
  });

  await tap.test("the keyboard alone reaches a hotspot's page, and its focus is always visible (task 7)", async () => {
    await go("overview", ".tiles");
    await go("map", ".list-pane tbody a");
    await page.reload();
    await page.waitForSelector(".list-pane tbody a");
    await page.keyboard.press("Tab");
    equal(await page.evaluate(() => document.activeElement.className), "skip-link", "first stop");
    await page.keyboard.press("Enter");
    equal(await page.evaluate(() => document.activeElement.id), "content", "after the skip link");
    await tabToFirstHotspot();
    await page.keyboard.press("Enter");
    await page.waitForSelector(".state-card");
    assert(page.url().includes("#/hotspots/"), page.url());
    await page.waitForSelector("#content:focus", { timeout: 5_000 });
  });
}

async function tabToFirstHotspot() {
  for (let steps = 0; steps < 60; steps += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return {
        isVisible: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
        isHotspot: document.activeElement.matches(".list-pane tbody a"),
        text: document.activeElement.outerHTML.slice(0, 120),
      };
    });
    assert(at.isVisible, `no visible focus on ${at.text}`);
    if (at.isHotspot) return;
  }
  throw new Error("no hotspot within 60 steps");
}

async function testNetwork() {
  await tap.test("the network's tree opens by keyboard from the core to a hotspot, and tells what falls (task 17)", async () => {
    await go("topology", ".tree-row");
    const toggle = (id) => page.locator(`li[data-id="${id}"] > .tree-row .tree-toggle`);
    const { items } = await api("/hotspots?limit=1");
    const path = (await api(`/hotspots/${items[0].id}`)).path.map((step) => step.id).reverse();
    for (const id of path) {
      if ((await toggle(id).getAttribute("aria-expanded")) === "true") continue;
      await toggle(id).focus();
      await page.keyboard.press("Enter");
      equal(await toggle(id).getAttribute("aria-expanded"), "true", `${id} after Enter`);
    }
    await page.waitForSelector(`li[data-id="${items[0].id}"] .state-text`);
    const falls = await page.textContent(`li[data-id="${path[0]}"] > .tree-row .tree-falls`);
    assert(falls.includes(`${HOTSPOTS} Hotspots`), `what falls with the core: ${falls}`);
  });

  await tap.test("a device's page leads to its place in the network (task 18)", async () => {
    const [device] = (await api("/devices?kind=switch&limit=5")).items.filter((each) => each.uplink);
    await go(`devices/${device.id}`, ".page-head h1");
    await page.click(`a[href="#/topology?at=${device.id}"]`);
    await page.waitForSelector(`li[data-id="${device.id}"] > .tree-row.is-at`);
  });
}

async function testSelf() {
  await tap.test("the keyboard leads from the overview to the monitor itself, where every figure has its words (task 24)", async () => {
    await go("overview", 'a.panel__more[href="#/self"]');
    await page.focus('a.panel__more[href="#/self"]');
    await page.keyboard.press("Enter");
    await page.waitForSelector('tr[data-daemon="netzwacht-collector"] .verdict.is-ok');
    const summary = page.locator('section[aria-labelledby="self-everything"] details summary', { hasText: "netzwacht-collector" });
    await summary.focus();
    await page.keyboard.press("Enter");
    const row = page.locator('tr[data-figure="polls_total"]');
    await row.waitFor({ timeout: 5_000 });
    assert((await row.textContent()).includes("Abfragen abgeschlossen"), await row.textContent());
    const { daemons } = await api("/self");
    const shown = await page.$$eval("[data-figure]", (all) => all.map((each) => [each.dataset.figure, each.textContent]));
    const missing = daemons.flatMap((each) => each.figures).filter(({ name }) => !shown.some(([figure]) => figure === name));
    equal(missing.map(({ name }) => name).join(", "), "", "figures without a place");
    const bare = shown.filter(([figure, text]) => text.trim().startsWith(figure));
    equal(bare.map(([figure]) => figure).join(", "), "", "figures without words");
  });
}

async function testAdministration() {
  let kiosk = "";
  await tap.test("an administrator sees accounts and the audit log, and issues an access token by keyboard (task 25)", async () => {
    await newPage({ theme: "dark" });
    await logIn(page, demo.url, "admin", demo.passwords.get("admin"));
    await page.waitForSelector('a[href="#/admin"]');
    await go("admin", "form.token-form");
    await page.waitForSelector('[data-intact="true"]');
    assert((await page.textContent('section[aria-labelledby="users"]')).includes("planner"), "accounts");
    await page.focus("#token-name");
    await page.keyboard.type("wall");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Leitstelle");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-issued]");
    kiosk = (await page.$$eval("[data-issued] code", (all) => all.map((each) => each.textContent))).find((text) => text.includes("#/kiosk/"));
    await page.waitForSelector('tr[data-id="wall"]');
    equal((await violations()).join("\n"), "", "violations");
  });
  await tap.test("that token opens the wall without a log-in, leaves the address, and only reads (task 3)", async () => {
    await newPage();
    await page.goto(kiosk);
    await page.waitForSelector(".frame.is-wall .wall-clock", { timeout: 20_000 });
    assert(!page.url().includes("nwt_"), page.url());
    equal((await api("/session")).role, "noc", "role");
    await go(`incidents/${(await anyIncident()).id}`, ".page-head h1");
    assert(!(await page.$("#comment")), "no form for who may only read");
    await go("admin", '[role="alert"]');
  });
}

async function main() {
  demo = await startDemo(HOTSPOTS === 540 ? [] : ["--hotspots", String(HOTSPOTS)]);
  browser = await launch(require);
  const password = demo.passwords.get("operator");
  await newPage();
  await testLogIn(password);
  await testMap();
  await testLive();
  await testHotspot();
  await testIncidents();
  await testConsole();
  await testInventory();
  await testLanguageAndKeyboard();
  await testNetwork();
  await testSelf();
  await testStorm();
  await tap.test("a planner sees incidents but cannot act on them", async () => {
    await newPage();
    await logIn(page, demo.url, "planner", demo.passwords.get("planner"));
    await go(`incidents/${(await anyIncident()).id}`, ".page-head h1");
    assert(!(await page.$("#comment")), "no form for a planner");
    assert(!(await page.$('a[href="#/self"]')), "a link to a page that a planner may not see");
  });
  await testAdministration();
  await tap.test("the pages logged no error and asked nobody else", async () => {
    equal(complaints.join("\n"), "", "complaints");
  });
}

await runAll(tap, main, async () => {
  await browser?.close();
  await demo?.stop();
});
