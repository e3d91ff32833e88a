// SPDX-License-Identifier: GPL-3.0-or-later
// lib.mjs - what browser tests and screenshots share: TAP, the demo as a child, a Chromium, log-in.
import { createRequire } from "node:module";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const source = process.env.NETZWACHT_SOURCE ?? join(import.meta.dirname, "../..");
export const build = process.env.NETZWACHT_BUILD ?? join(source, "build");

/** The packages that the web build installed; null where it was not built here. */
export function packages() {
  const manifest = join(build, "web/package.json");
  return existsSync(join(dirname(manifest), "node_modules/playwright-core")) ? createRequire(manifest) : null;
}

export function chromiumPath() {
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync) ?? null;
}

/** Prints TAP as it goes; the plan comes last. */
export class Tap {
  count = 0;
  failed = 0;

  async test(name, run) {
    this.count += 1;
    try {
      await run();
      console.log(`ok ${this.count} - ${name}`);
    } catch (error) {
      this.failed += 1;
      console.log(`not ok ${this.count} - ${name}`);
      for (const line of String(error?.stack ?? error).split("\n").slice(0, 12)) console.log(`# ${line}`);
    }
  }

  end() {
    console.log(`1..${this.count}`);
    return this.failed === 0 ? 0 : 1;
  }
}

export function skipAll(why) {
  console.log(`1..0 # SKIP ${why}`);
  process.exit(0);
}

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

export function equal(found, expected, what) {
  assert(found === expected, `${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
}

/** Calls `look` until it gives something true; times out with `what`. */
export async function until(look, what, seconds) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    last = await look();
    if (last) return last;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

/** netzwacht demo as a child that is ended with this process; or, with NETZWACHT_URL and NETZWACHT_PASSWORDS, one that
 * runs already. Gives {url, passwords, stop}. */
export async function startDemo(options = []) {
  if (process.env.NETZWACHT_URL) {
    return { url: process.env.NETZWACHT_URL, passwords: readPasswords(process.env.NETZWACHT_PASSWORDS), stop: async () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), "netzwacht-web-"));
  const file = join(folder, "passwords");
  const port = 18000 + Math.floor(Math.random() * 2000);
  const child = spawn(join(build, "netzwacht"), ["demo", "--port", String(port), "--passwords", file, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20_000))]);
      if (child.exitCode === null) child.kill("SIGKILL");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await until(() => findUrl(output, child), "the demo's address", 60);
    await until(() => isHealthy(url), "an answer of the dashboard", 60);
    await until(() => existsSync(file), "the file with the passwords", 30);
    return { url, passwords: readPasswords(file), stop };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${output.slice(-2000)}`);
  }
}

function findUrl(output, child) {
  if (child.exitCode !== null) throw new Error(`netzwacht demo ended with ${child.exitCode}`);
  return /http:\/\/127\.0\.0\.1:\d+\//.exec(output)?.[0];
}

async function isHealthy(url) {
  return fetch(`${url}api/v1/config`).then((answer) => answer.ok, () => false);
}

function readPasswords(file) {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return new Map(lines.map((line) => line.split(/\s+/, 2)));
}

/** The stand-in server (mock.mjs) as a child. Gives {url, stop}. */
export async function startMock() {
  const child = spawn(process.execPath, [join(source, "tests/web/mock.mjs"), join(build, "share/web"), "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((resolve, reject) => {
    child.stdout.once("data", (text) => resolve(String(text).trim()));
    child.once("exit", (code) => reject(new Error(`the stand-in server ended with ${code}`)));
  });
  return { url, stop: () => child.kill() };
}

/** Runs a whole file of tests: a failure outside of a test is one more failed test. */
export async function runAll(tap, run, clean) {
  let status = 1;
  try {
    await run();
    status = tap.end();
  } catch (error) {
    tap.count += 1;
    console.log(`not ok ${tap.count} - the browser tests could be run\n# ${String(error?.stack ?? error).replaceAll("\n", "\n# ")}\n1..${tap.count}`);
  } finally {
    await clean();
  }
  process.exit(status);
}

/** The packages, or the end of this file of tests with a reason why it is skipped. */
export function packagesOrSkip() {
  const require = packages();
  if (!require) skipAll("the web bundle was not built here, so there is no playwright-core");
  if (!chromiumPath()) skipAll("no Chromium is installed");
  return require;
}

export async function launch(require) {
  const { chromium } = require("playwright-core");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: chromiumPath(), args });
}

export async function logIn(page, url, user, password) {
  await page.goto(url);
  await page.waitForSelector("#user");
  await page.fill("#user", user);
  await page.fill("#password", password);
  await page.click("button[type=submit]");
  await page.waitForSelector(".tiles", { timeout: 20_000 });
}

/** Language and appearance are remembered by the browser, so they can be set before the page starts. */
export async function openContext(browser, { language = "de", theme = "light", width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: "de-DE", reducedMotion: "reduce" });
  await context.addInitScript(([lang, look]) => {
    localStorage.setItem("netzwacht.language", lang);
    localStorage.setItem("netzwacht.theme", look);
  }, [language, theme]);
  return context;
}
