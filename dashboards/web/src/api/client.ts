// SPDX-License-Identifier: GPL-3.0-or-later
// client.ts - requests to /api/v1 of our own server. The only file that calls fetch().

import type { Page, Session } from "./types";

/** What went wrong, from application/problem+json or from the network (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    detail: string,
  ) {
    super(detail);
    this.name = "Problem";
  }
}

/** A 401 of the log-in itself: no session was lost. */
const LOGIN_PROBLEMS = new Set(["login-failed", "second-factor", "second-factor-wrong", "second-factor-missing"]);

const BASE = "/api/v1";
const PAGE_SIZE = 1000;
/** A list that never ends would hang the page: 50 pages are ten times the region. */
const PAGES_AT_MOST = 50;

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as { type?: string; title?: string; detail?: string };
  const kind = body.type?.split(":").at(-1) ?? "unknown";
  return new Problem(response.status, kind, body.detail ?? body.title ?? `HTTP ${response.status}`);
}

export class Client {
  private csrf: string | null = null;

  /** Called with every 401 of a request that needs a session. */
  onSessionLost: () => void = () => undefined;

  private async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(BASE + path, {
        method,
        credentials: "same-origin",
        headers: {
          Accept: "application/json",
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...(method !== "GET" && this.csrf ? { "X-CSRF-Token": this.csrf } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new Problem(0, "network", "");
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (problem.status === 401 && !LOGIN_PROBLEMS.has(problem.kind)) this.onSessionLost();
    throw problem;
  }

  async get<T>(path: string): Promise<T> {
    return (await this.request("GET", path)).json() as Promise<T>;
  }

  /** The same thing as a table for spreadsheets. */
  async csv(path: string): Promise<string> {
    return (await this.request("GET", path, undefined, { Accept: "text/csv" })).text();
  }

  /** All pages of a list. */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES_AT_MOST; page += 1) {
      const joint = path.includes("?") ? "&" : "?";
      const at: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const answer: Page<T> = await this.get(`${path}${joint}limit=${PAGE_SIZE}${at}`);
      items.push(...answer.items);
      cursor = answer.next;
      if (cursor === null) break;
    }
    return items;
  }

  /** Asks a daemon to act; the answer is the command's id. The key makes a repeated click harmless. */
  async command(path: string, body: unknown, key: string): Promise<string> {
    const response = await this.request("POST", path, body, { "Idempotency-Key": key });
    return ((await response.json()) as { command: string }).command;
  }

  /** As command(), for what is taken back. */
  async commandRemove(path: string): Promise<string> {
    const response = await this.request("DELETE", path);
    return ((await response.json()) as { command: string }).command;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return (await this.request("POST", path, body)).json() as Promise<T>;
  }

  async remove(path: string): Promise<void> {
    await this.request("DELETE", path);
  }

  async session(): Promise<Session> {
    const session = await this.get<Session>("/session");
    this.csrf = session.csrf;
    return session;
  }

  async logIn(user: string, password: string, code: string): Promise<Session> {
    await this.request("POST", "/session", code === "" ? { user, password } : { user, password, code });
    return this.session();
  }

  async logInByToken(token: string): Promise<Session> {
    await this.request("POST", "/session", { token });
    return this.session();
  }

  async logOut(): Promise<void> {
    await this.remove("/session");
    this.csrf = null;
  }
}

/** An id as one path segment. */
export function segment(id: string): string {
  return encodeURIComponent(id);
}

/** A key for Idempotency-Key. crypto.randomUUID() is missing where the page came over plain HTTP. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
