// SPDX-License-Identifier: GPL-3.0-or-later
// stream_words.ts - what a window and the worker that holds the stream say to each other.

import type { CommandEvent, Incident, StateEvent, Summary } from "./types";

export type LiveStatus = "connecting" | "open" | "lost";

/** One event of /api/v1/events; "reset": events were missed for good, read the lists anew. */
export type LiveEvent =
  | { type: "state"; data: StateEvent }
  | { type: "incident"; data: Incident }
  | { type: "command"; data: CommandEvent }
  | { type: "summary"; data: Summary }
  | { type: "daemon"; data: unknown }
  | { type: "reset"; data: unknown };

export const EVENT_TYPES: ReadonlyArray<LiveEvent["type"]> = ["state", "incident", "command", "summary", "daemon", "reset"];

export const ALIVE = "alive";
export const LEAVE = "leave";
export type FromWindow = typeof ALIVE | typeof LEAVE;

/** isNew: the worker did not know this window, so what it shows may be old. */
export interface ToWindow {
  status?: LiveStatus;
  isNew?: true;
  events?: LiveEvent[];
}
