// SPDX-License-Identifier: GPL-3.0-or-later
// pages.mjs - every page of the route table in Chromium on the running demo (TAP): axe in both languages, light and dark; 320
// pixels; text of 200 %; and that no page logs an error or asks anybody else.
import { Tap, equal, launch, logIn, openContext, packagesOrSkip, runAll, startDemo, until } from "../web/lib.mjs";
import { viewsOf, violationsOf } from "../web/pages.mjs";

const require = packagesOrSkip();
const tap = new Tap();
const complaints = [];
let demo, browser, views;

async function api(page, path) {
  return page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), path);
}

function watch(page) {
  page.on("console", (message) => {
    // Chromium itself logs the answers that are errors; before the log-in, and before the first coverage report, they are expected
    if (message.type() === "error" && !/\/api\/v1\/(session|coverage)/.test(message.location().url)) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(demo.url)) complaints.push(`a request left the page: ${request.url()}`);
  });
}

/** fontSize: what the person set in the browser, 16 without a setting. */
async function enter(user, { fontSize, ...options } = {}) {
  const context = await openContext(browser, options);
  const page = await context.newPage();
  if (fontSize) await (await context.newCDPSession(page)).send("Page.setFontSizes", { fontSizes: { standard: fontSize, fixed: fontSize } });
  watch(page);
  await logIn(page, demo.url, user, demo.passwords.get(user));
  return { context, page };
}

/** Calls `look` on every view that `user` sees; what it returns is listed behind the view's address. */
async function walk(user, options, look) {
  const { context, page } = await enter(user, options);
  const found = [];
  for (const { path, ready, role = "operator" } of views) {
    if (role !== user) continue;
    await page.goto(`${demo.url}#/${path}`);
    await page.waitForSelector(`main[data-path="${decodeURIComponent(path.split("?")[0])}"] ${ready}`, { timeout: 60_000 });
    await page.waitForTimeout(500);
    for (const each of await look(page)) found.push(`${path}: ${each}`);
  }
  await context.close();
  return found;
}

async function walkAll(options, look) {
  return [...(await walk("operator", options, look)), ...(await walk("admin", options, look))].join("\n");
}

/** A page that is too wide scrolls as a whole; a table that is too wide scrolls in its own frame. */
async function tooWide(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return over > 0 ? [`too wide by ${over}`] : [];
}

/** WCAG 1.4.4: text that is cut off without a scroll bar or an ellipsis is lost. A map ends where it ends: its list has everything. */
async function cutOff(page) {
  return page.evaluate(() => {
    const isCut = (each) => {
      const { overflowX, overflowY, textOverflow } = getComputedStyle(each);
      const isWide = overflowX === "hidden" && textOverflow !== "ellipsis" && each.scrollWidth > each.clientWidth + 2;
      const isHigh = overflowY === "hidden" && each.scrollHeight > each.clientHeight + 2;
      return (isWide || isHigh) && !each.matches(".map-box") && each.clientWidth > 4 && each.clientHeight > 4 && Boolean(each.innerText?.trim());
    };
    return [...document.querySelectorAll("#app *")].filter(isCut).slice(0, 3).map((each) => `cut off: ${each.tagName} ${each.className} "${each.innerText.slice(0, 40)}"`);
  });
}

await runAll(
  tap,
  async () => {
    demo = await startDemo();
    browser = await launch(require);
    const { context, page } = await enter("operator");
    await until(async () => (await api(page, "/incidents?limit=1")).items[0], "a first incident", 240);
    await until(async () => (await api(page, "/firmware/assets?limit=1000")).items.every((each) => each.model), "a word of every device", 120);
    views = await viewsOf(require, (path) => api(page, path));
    await context.close();
    for (const [theme, language] of [["light", "de"], ["dark", "en"]]) {
      await tap.test(`axe finds no violation on any page (${theme}, ${language})`, async () => {
        equal(await walkAll({ theme, language }, (page) => violationsOf(page, require)), "", "violations");
      });
    }
    await tap.test("no page needs sideways scrolling at 320 pixels", async () => {
      equal(await walkAll({ width: 320, height: 740 }, tooWide), "", "pages that are too wide");
    });
    await tap.test("text of twice the size fits every page, and nothing of it is cut off", async () => {
      const look = async (page) => [...(await tooWide(page)), ...(await cutOff(page))];
      equal(await walkAll({ fontSize: 32, width: 1280, height: 900 }, look), "", "pages that lose text");
    });
    await tap.test("the pages logged no error and asked nobody else", async () => {
      equal(complaints.join("\n"), "", "complaints");
    });
  },
  async () => {
    await browser?.close();
    await demo?.stop();
  },
);
