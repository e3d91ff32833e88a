// SPDX-License-Identifier: GPL-3.0-or-later
// maintenance_page.mjs - the maintenance calendar in Chromium on the running demo (TAP): plan, see, change, cancel, undo.
import { Tap, assert, equal, launch, logIn, openContext, packagesOrSkip, runAll, startDemo, until } from "../web/lib.mjs";

const require = packagesOrSkip();
const tap = new Tap();
const PATIENCE = 60_000;
const REASON = "Spleißen <b>Ring 3</b>";
let demo, browser, page;

async function api(path) {
  return page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), path);
}

async function windowsOf(target) {
  return (await api("/maintenance?limit=100")).items.filter((each) => each.target === target);
}

async function statusOf(target, comment) {
  return (await windowsOf(target)).filter((each) => each.comment === comment).map((each) => each.status);
}

async function open(view = "") {
  await page.goto(`${demo.url}#/maintenance${view}`);
  await page.waitForSelector('main[data-path="maintenance"] #windows', { timeout: PATIENCE });
}

/** "2026-11-22T14:30" in Berlin, from now on so many hours. */
function localIn(hours) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", dateStyle: "short", timeStyle: "short" }).format(Date.now() + hours * 3_600_000);
  return parts.replace(" ", "T");
}

/** What became of it; on a machine that is very busy the page says that it is not confirmed yet. */
async function waitForResult(result) {
  await page.waitForSelector(`[data-result="${result}"], [data-result="slow"]`, { timeout: PATIENCE });
}

async function submit(result) {
  await page.focus(".plan-form button[type=submit]");
  await page.keyboard.press("Enter");
  await waitForResult(result);
}

async function testPlanning(target) {
  const begin = localIn(30);
  await tap.test("an incomplete window is explained and sent nowhere", async () => {
    await open();
    await page.focus(".plan-form button[type=submit]");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".plan-form [role=alert]");
    equal((await windowsOf(target)).length, 0, "windows");
  });

  await tap.test("the keyboard plans a window, which then stands in the month on its day (task 19)", async () => {
    await page.focus("#window-target");
    await page.keyboard.type(target);
    await page.fill("#window-begin", begin);
    await page.fill("#window-end", localIn(32));
    await page.focus("#window-comment");
    await page.keyboard.type(REASON);
    await submit("planned");
    await until(async () => (await statusOf(target, REASON)).join() === "planned", "a planned window in the API", 60);
    await page.goto(`${demo.url}#/maintenance?month=${begin.slice(0, 7)}`);
    await page.waitForSelector(`[data-day="${begin.slice(0, 10)}"] [data-window]`, { timeout: PATIENCE });
    const [{ begin: stored }] = await windowsOf(target);
    equal(new Date(stored).getTime() % 60_000, 0, "seconds");
  });

  await tap.test("the list changes a window: the new one holds, the old one has ended (task 20)", async () => {
    await open("?view=list");
    const [{ id, target_name: name }] = await windowsOf(target);
    await page.locator(`tr[data-id="${id}"]`).getByRole("button", { name: `Wartung von ${name} ändern` }).click();
    await page.waitForSelector("#window-begin:focus");
    equal(await page.inputValue("#window-comment"), REASON, "the reason is text and is kept");
    await page.fill("#window-comment", "Ring 3 und 4");
    await submit("changed");
    await until(async () => (await statusOf(target, REASON)).join() === "ended", "the end of the old window", 60);
    equal((await statusOf(target, "Ring 3 und 4")).join(), "planned", "the new window");
  });

  await tap.test("a window is cancelled, and that is undone (task 20)", async () => {
    await open("?view=list");
    await page.waitForSelector("button[aria-label$=absagen]", { timeout: PATIENCE });
    await page.focus("button[aria-label$=absagen]");
    await page.keyboard.press("Enter");
    await waitForResult("ended");
    await until(async () => (await statusOf(target, "Ring 3 und 4")).join() === "ended", "the end of the window", 60);
    await page.locator("[data-result] button").click();
    await until(async () => (await statusOf(target, "Ring 3 und 4")).includes("planned"), "the window again", 60);
  });
}

async function testReading(target) {
  await tap.test("who may not plan sees the calendar and no form", async () => {
    const context = await openContext(browser);
    const planner = await context.newPage();
    await logIn(planner, demo.url, "planner", demo.passwords.get("planner"));
    await planner.goto(`${demo.url}#/maintenance?view=list`);
    await planner.waitForSelector("#windows tbody tr", { timeout: PATIENCE });
    equal(await planner.locator(".plan-form").count(), 0, "forms");
    assert((await planner.textContent("#windows")).includes("Ring 3 und 4"), `the window of ${target}`);
    await context.close();
  });
}

await runAll(
  tap,
  async () => {
    demo = await startDemo();
    browser = await launch(require);
    page = await (await openContext(browser)).newPage();
    await logIn(page, demo.url, "noc", demo.passwords.get("noc"));
    const [{ id }] = (await api("/devices?kind=switch&limit=1")).items;
    await testPlanning(id);
    await testReading(id);
  },
  async () => {
    await browser?.close();
    await demo?.stop();
  },
);
