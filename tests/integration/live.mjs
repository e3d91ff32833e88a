// SPDX-License-Identifier: GPL-3.0-or-later
// live.mjs - the event stream in Chromium on the stand-in server (TAP): one for all windows of a browser, its loss and return,
// and what 10,000 batches leave behind in memory.
import { Tap, assert, equal, launch, logIn, openContext, packagesOrSkip, runAll, startMock, until } from "../web/lib.mjs";

const require = packagesOrSkip();
const tap = new Tap();
let mock, browser;

/** Asked beside the browser: a window's own request would be one more connection. */
async function ask(path) {
  return (await fetch(`${mock.url}api/v1/mock/${path}`)).json();
}

async function waitForStreams(count) {
  await until(async () => (await ask("streams")).open === count, `${count} open streams`, 60);
}

async function openWindow(context, hash = "overview") {
  const page = await context.newPage();
  await page.goto(`${mock.url}#/${hash}`);
  await page.waitForSelector('[data-live="open"]', { timeout: 30_000 });
  return page;
}

async function testShared() {
  const context = await openContext(browser);
  const first = await context.newPage();
  await logIn(first, mock.url, "operator", "mock");
  await tap.test("three windows of a browser share one stream, and an incident reaches all of them", async () => {
    const windows = [first, await openWindow(context), await openWindow(context)];
    await waitForStreams(1);
    await ask("batches?count=1");
    for (const page of windows) await page.waitForSelector("text=Marke 1", { timeout: 30_000 });
    await windows[1].close();
    await windows[2].close();
    equal((await ask("streams")).open, 1, "streams of the window that is left");
  });

  await tap.test("a lost stream is said aloud in every window, and comes back by itself (task 27)", async () => {
    const second = await openWindow(context);
    await ask("cut?seconds=600");
    for (const page of [first, second]) await page.waitForSelector(".note.is-warning[role=alert]", { timeout: 60_000 });
    await ask("cut?seconds=0");
    for (const page of [first, second]) await page.waitForSelector('[data-live="open"]', { timeout: 60_000 });
    await waitForStreams(1);
    await first.waitForSelector(".note.is-warning[role=alert]", { state: "detached", timeout: 30_000 });
  });

  await tap.test("who logs out leaves no stream behind", async () => {
    await first.click(".tools button:last-child");
    await first.waitForSelector("#user");
    await context.close();
    await waitForStreams(0);
  });
}

async function testFallback() {
  await tap.test("a browser without SharedWorker has a stream of its own in each window", async () => {
    const context = await openContext(browser);
    await context.addInitScript(() => delete window.SharedWorker);
    const first = await context.newPage();
    await logIn(first, mock.url, "operator", "mock");
    await openWindow(context);
    await waitForStreams(2);
    await context.close();
    await waitForStreams(0);
  });

  await tap.test("a worker that cannot be loaded is replaced by a stream of the window's own", async () => {
    const context = await openContext(browser);
    await context.addInitScript(() => {
      const Known = window.SharedWorker;
      window.SharedWorker = function () {
        return new Known(URL.createObjectURL(new Blob(["]"], { type: "text/javascript" })));
      };
    });
    const page = await context.newPage();
    await logIn(page, mock.url, "operator", "mock");
    await page.waitForSelector('[data-live="open"]', { timeout: 30_000 });
    await waitForStreams(1);
    await context.close();
  });
}

/** Bytes of JavaScript objects that nothing can collect. */
async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  let least = Infinity;
  for (let i = 0; i < 5; i += 1) {
    await session.send("HeapProfiler.collectGarbage");
    least = Math.min(least, (await session.send("Runtime.getHeapUsage")).usedSize);
  }
  await session.detach();
  return least;
}

async function testHeap() {
  await tap.test("the wall after 10,000 batches of events takes at most 1.1 times the memory that it took after 1,000 (task 4)", async () => {
    const context = await openContext(browser);
    const page = await context.newPage();
    await logIn(page, mock.url, "operator", "mock");
    await page.goto(`${mock.url}#/overview?wall=1`);
    await page.waitForSelector(".wall-clock");
    const after = async (count) => {
      await ask(`batches?count=${count}`);
      await page.waitForSelector(`text=Marke ${count}`, { timeout: 120_000 });
      return heapOf(page);
    };
    const early = await after(1_000);
    const late = await after(9_000);
    console.log(`# ${(early / 1e6).toFixed(2)} MB after 1,000, ${(late / 1e6).toFixed(2)} MB after 10,000 batches`);
    assert(late <= 1.1 * early, `${late} bytes after ${early}`);
    await context.close();
  });
}

await runAll(
  tap,
  async () => {
    mock = await startMock();
    browser = await launch(require);
    await testShared();
    await testFallback();
    await testHeap();
  },
  async () => {
    await browser?.close();
    mock?.stop();
  },
);
