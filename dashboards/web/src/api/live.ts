// SPDX-License-Identifier: GPL-3.0-or-later
// live.ts - the one event stream of the page. The browser reconnects by itself and sends Last-Event-ID; this file only
// tells apart "open", "lost" and "given up" (a status that is not 200, where EventSource does not come back).

import type { CommandEvent, Incident, StateEvent, Summary } from "./types";

export type LiveStatus = "connecting" | "open" | "lost";

export interface LiveHandlers {
  onStatus(status: LiveStatus): void;
  /** Any event at all: the stream is alive. */
  onActivity(): void;
  onState(event: StateEvent): void;
  onIncident(incident: Incident): void;
  onCommand(event: CommandEvent): void;
  onSummary(summary: Summary): void;
  /** Events were missed for good: read the lists anew. */
  onReset(): void;
}

const RETRY_MS = 5_000;

export class LiveStream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private wasOpen = false;

  constructor(private readonly handlers: LiveHandlers) {}

  start(): void {
    this.stop();
    this.handlers.onStatus(this.wasOpen ? "lost" : "connecting");
    const source = new EventSource("/api/v1/events");
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.failed(source);
    this.on<StateEvent>(source, "state", (data) => this.handlers.onState(data));
    this.on<Incident>(source, "incident", (data) => this.handlers.onIncident(data));
    this.on<CommandEvent>(source, "command", (data) => this.handlers.onCommand(data));
    this.on<Summary>(source, "summary", (data) => this.handlers.onSummary(data));
    this.on<unknown>(source, "reset", () => this.handlers.onReset());
    this.on<unknown>(source, "daemon", () => undefined);
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.source?.close();
    this.source = null;
  }

  private opened(): void {
    this.handlers.onStatus("open");
    // A stream that this page opened itself after the browser gave up carries no Last-Event-ID.
    if (this.wasOpen) this.handlers.onReset();
    this.wasOpen = true;
  }

  private failed(source: EventSource): void {
    this.handlers.onStatus("lost");
    if (source.readyState !== EventSource.CLOSED || this.timer) return;
    this.timer = setTimeout(() => this.start(), RETRY_MS);
  }

  private on<T>(source: EventSource, type: string, handle: (data: T) => void): void {
    source.addEventListener(type, (event) => {
      this.handlers.onActivity();
      let data: T;
      try {
        data = JSON.parse((event as MessageEvent<string>).data) as T;
      } catch {
        return; // one bad event must not end the stream; the lists are read again on the next reset
      }
      handle(data);
    });
  }
}
