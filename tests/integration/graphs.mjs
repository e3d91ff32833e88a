// SPDX-License-Identifier: GPL-3.0-or-later
// graphs.mjs - values over time in Chromium on the running demo (TAP): the graphs page, last week and happenings on the pages of
// hotspots and devices, "poll now".
import { readFileSync } from "node:fs";
import { Tap, assert, equal, launch, logIn, openContext, packagesOrSkip, runAll, startDemo, until } from "../web/lib.mjs";

const require = packagesOrSkip();
const tap = new Tap();
const PATIENCE = 60_000;
let demo, browser, page;

async function api(path) {
  return page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), path);
}

async function go(hash, ready) {
  await page.goto(`${demo.url}#/${hash}`);
  await page.waitForSelector(`main[data-path="${hash.split("?")[0]}"] ${ready}`, { timeout: PATIENCE });
}

function queryOf() {
  return new URLSearchParams(page.url().split("?")[1] ?? "");
}

async function addByKeyboard(name, graph) {
  await page.focus("#graph-thing");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(name);
  await page.waitForSelector("#graph-choice:not([disabled])", { timeout: PATIENCE });
  await page.focus("#graph-choice");
  await page.keyboard.type(graph);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
}

async function testGraphs() {
  const [{ id: hotspot, device }] = (await api("/hotspots?limit=50")).items.filter((each) => each.device && each.entity === null);
  await tap.test("the keyboard alone brings values of two things onto one time axis (task 15)", async () => {
    await go("graphs", "#graph-thing");
    await addByKeyboard(hotspot, "Clients");
    await page.waitForSelector(".chart.is-large canvas", { timeout: PATIENCE });
    const [other] = (await api("/devices?kind=switch&limit=1")).items;
    await addByKeyboard(other.id, "D");
    await until(async () => (await page.locator(".graph-lines li").count()) >= 2, "a second line", 60);
    await until(async () => (await page.locator(".chart.is-large").count()) >= 2, "a diagram for the other unit", 60);
    assert(queryOf().getAll("s").length >= 2, page.url());
  });

  await tap.test("zooming and moving stand in the address; a link shows another window the same (task 15)", async () => {
    await page.locator('input[name=span][value="day"]').focus();
    await page.keyboard.press("Space");
    await until(() => queryOf().get("span") === "86400", "a day in the address", 60);
    await page.getByRole("button", { name: "Vergrößern" }).click();
    await until(() => queryOf().get("span") === "43200", "half a day", 60);
    await page.getByRole("button", { name: "Früher" }).click();
    await until(() => queryOf().has("to"), "an end in the past", 60);
    await page.getByRole("button", { name: "Link zu dieser Ansicht" }).click();
    const link = await page.inputValue(".share-link__field input");
    const shown = await page.textContent(".graph-controls__shown");
    const other = await page.context().newPage();
    await other.goto(link);
    await other.waitForSelector(".graph-controls__shown", { timeout: PATIENCE });
    equal(await other.textContent(".graph-controls__shown"), shown, "the period in the other window");
    equal(await other.locator(".graph-lines li").count(), await page.locator(".graph-lines li").count(), "lines in the other window");
    await other.close();
  });

  await tap.test("ten years can be shown, and a stretch drawn with the mouse is shown alone (task 15)", async () => {
    await go(`graphs?s=hotspot/${hotspot}:wireless.clients&span=315360000`, ".chart.is-large canvas");
    await go(`graphs?s=hotspot/${hotspot}:wireless.clients&span=3600`, "#graph-thing");
    await page.reload(); // the diagram of ten years must not be taken for that of the hour
    await page.waitForSelector(".chart.is-large .u-over", { timeout: PATIENCE });
    const isAlone = () => Number(queryOf().get("span")) < 1_200;
    const stretch = async () => {
      if (isAlone()) return true; // drawn before, and told a moment later: no second one within it
      const box = await page.locator(".chart.is-large .u-over").boundingBox({ timeout: 1_000 }).catch(() => null);
      if (!box) return false;
      await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.95, box.y + box.height / 2, { steps: 5 });
      await page.mouse.up();
      return isAlone();
    };
    await until(stretch, "a quarter of the hour", 60); // a diagram that is drawn anew meanwhile forgets the stretch
  });

  await tap.test("every diagram's values are a table, and the table a file (task 16)", async () => {
    await go(`graphs?s=hotspot/${hotspot}:wireless.clients&span=3600&week=1&percentiles=1`, ".chart.is-large canvas");
    await until(async () => /95\. Perzentil/.test(await page.textContent(".chart__words")), "percentiles in words", 60);
    await page.focus(".chart__table summary");
    await page.keyboard.press("Enter");
    await until(async () => (await page.locator(".chart__table thead th").count()) === 3, "a column of last week", 60);
    await page.focus(".chart__csv");
    const [download] = await Promise.all([page.waitForEvent("download", { timeout: PATIENCE }), page.keyboard.press("Enter")]);
    const [head, ...lines] = readFileSync(await download.path(), "utf8").replace("\ufeff", "").split("\r\n").filter(Boolean);
    assert(/^time,.*Clients.*,.*Vorwoche/.test(head), head);
    assert(lines.some((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z,\d/.test(line)), lines.slice(-3).join("\n"));
  });
  return { hotspot, device };
}

async function testHappenings() {
  await tap.test("an incident of a hotspot stands on the time axis of its diagrams, and in words below them (task 14)", async () => {
    const isOfHotspot = (member) => member.kind === "hotspot";
    const incident = await until(async () => (await api("/incidents?limit=100")).items.find((each) => each.members.some(isOfHotspot)), "an incident of a hotspot", 240);
    const { id } = incident.members.find(isOfHotspot);
    await go(`hotspots/${id}`, '[data-annotation="incident"]');
    const links = await page.$$eval('[data-annotation="incident"] a', (all) => all.map((each) => each.getAttribute("href")));
    assert(links.includes(`#/incidents/${incident.id}`), links.join());
  });

  await tap.test("last week stands beside this one, and a diagram opens on the graphs page (task 14)", async () => {
    await page.locator(".chart-actions input[type=checkbox]").check();
    await page.locator(".charts .chart__table summary").first().click();
    await until(async () => /Vorwoche/.test(await page.locator(".charts .chart__table thead").first().textContent()), "last week in the table", 60);
    await page.locator(".chart__open").first().click();
    await page.waitForSelector('main[data-path="graphs"] .graph-lines li', { timeout: PATIENCE });
    equal(queryOf().get("week"), "1", "last week on the graphs page");
  });
}

async function testPollNow({ hotspot, device }) {
  await tap.test("a device and a hotspot are polled at once, and the page says when that is over (task 13)", async () => {
    for (const hash of [`devices/${device}`, `hotspots/${hotspot}`]) {
      await go(hash, ".poll-now button");
      await page.focus(".poll-now button");
      const [answer] = await Promise.all([page.waitForResponse((each) => each.url().endsWith("/poll")), page.keyboard.press("Enter")]);
      const { command } = await answer.json();
      await until(async () => (await api(`/commands/${command}`)).outcome === "done", "the end of the poll", 60);
      // a page that waited for very long says so instead
      await page.waitForSelector('[data-poll="done"], [data-poll="slow"]', { timeout: PATIENCE });
    }
  });

  await tap.test("who may not act has no such button, and the server refuses it", async () => {
    const context = await openContext(browser);
    const planner = await context.newPage();
    await logIn(planner, demo.url, "planner", demo.passwords.get("planner"));
    await planner.goto(`${demo.url}#/devices/${device}`);
    await planner.waitForSelector(".page-head h1", { timeout: PATIENCE });
    equal(await planner.locator(".poll-now").count(), 0, "buttons");
    const status = await planner.evaluate(async (id) => {
      const { csrf } = await (await fetch("/api/v1/session")).json();
      return (await fetch(`/api/v1/devices/${id}/poll`, { method: "POST", headers: { "X-CSRF-Token": csrf } })).status;
    }, device);
    equal(status, 403, "status");
    await context.close();
  });

  await tap.test("the way to the core names its weak link, or says that there is none (task 9)", async () => {
    await go(`hotspots/${hotspot}`, ".chain li");
    await until(async () => (await page.$(".chain li.is-weak")) ?? /Keine Schwachstelle/.test(await page.textContent('section[aria-labelledby="uplink"]')), "a word on the way", 60);
  });
}

await runAll(
  tap,
  async () => {
    demo = await startDemo();
    browser = await launch(require);
    page = await (await openContext(browser)).newPage();
    await logIn(page, demo.url, "operator", demo.passwords.get("operator"));
    await until(async () => (await api("/hotspots?limit=50")).items.some((each) => each.clients > 0), "clients of a hotspot", 240);
    const things = await testGraphs();
    await testPollNow(things);
    await testHappenings();
  },
  async () => {
    await browser?.close();
    await demo?.stop();
  },
);
