// SPDX-License-Identifier: GPL-3.0-or-later
// feed.ts - one EventSource and what comes of it: events in batches. The browser reconnects by itself and sends
// Last-Event-ID; this file only tells apart "open", "lost" and "given up" (a status that is not 200, where EventSource does
// not come back). Runs in the SharedWorker, or in the window itself where there is none.

import { EVENT_TYPES, type LiveEvent, type LiveStatus } from "./stream_words";

export interface FeedHandlers {
  onStatus(status: LiveStatus): void;
  onBatch(events: LiveEvent[]): void;
}

const RETRY_MS = 5_000;
/** A storm brings hundreds of events a second: those behind the first wait for each other this long. */
export const GATHER_MS = 200;

export class EventFeed {
  status: LiveStatus = "connecting";

  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private wasOpen = false;
  private gathered: LiveEvent[] = [];
  private gatherTimer: ReturnType<typeof setTimeout> | null = null;
  private deliveredAt = 0;

  constructor(private readonly handlers: FeedHandlers) {}

  start(): void {
    this.stop();
    this.wasOpen = false;
    this.connect();
  }

  private connect(): void {
    this.setStatus(this.wasOpen ? "lost" : "connecting");
    const source = new EventSource("/api/v1/events");
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.failed(source);
    for (const type of EVENT_TYPES) source.addEventListener(type, (event) => this.take(type, (event as MessageEvent<string>).data));
  }

  stop(): void {
    if (this.retry) clearTimeout(this.retry);
    if (this.gatherTimer) clearTimeout(this.gatherTimer);
    this.retry = this.gatherTimer = null;
    this.gathered = [];
    this.source?.close();
    this.source = null;
  }

  private setStatus(status: LiveStatus): void {
    this.status = status;
    this.handlers.onStatus(status);
  }

  private opened(): void {
    this.setStatus("open");
    // A stream that was opened anew after the browser gave up carries no Last-Event-ID.
    if (this.wasOpen) this.gather({ type: "reset", data: {} });
    this.wasOpen = true;
  }

  private failed(source: EventSource): void {
    this.setStatus("lost");
    if (source.readyState !== EventSource.CLOSED || this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.connect();
    }, RETRY_MS);
  }

  private take(type: LiveEvent["type"], text: string): void {
    try {
      this.gather({ type, data: JSON.parse(text) } as LiveEvent);
    } catch {
      // one bad event must not end the stream; the lists are read again on the next reset
    }
  }

  /** The first event after a quiet while is delivered at once; those behind it wait for each other. */
  private gather(event: LiveEvent): void {
    this.gathered.push(event);
    this.gatherTimer ??= setTimeout(() => this.deliver(), Math.max(0, this.deliveredAt + GATHER_MS - Date.now()));
  }

  private deliver(): void {
    this.gatherTimer = null;
    this.deliveredAt = Date.now();
    this.handlers.onBatch(this.gathered.splice(0));
  }
}
