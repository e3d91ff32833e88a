// SPDX-License-Identifier: GPL-3.0-or-later
// live.ts - a window's end of the event stream: the worker that all windows of the browser share, or, where the browser has
// no SharedWorker, a stream of its own.

import workerUrl from "./stream_worker.ts?sharedworker&url";
import { allowScript } from "../trusted";
import { EventFeed } from "./feed";
import { ALIVE, LEAVE, type LiveEvent, type LiveStatus, type ToWindow } from "./stream_words";

export type { LiveEvent, LiveStatus } from "./stream_words";

export interface LiveHandlers {
  onStatus(status: LiveStatus): void;
  /** In the order in which they came; what a storm brings within a moment comes together. */
  onBatch(events: readonly LiveEvent[]): void;
}

const ALIVE_MS = 20_000;

/** What both ways have in common. */
interface Feed {
  start(): void;
  stop(): void;
}

class SharedFeed implements Feed {
  private readonly port: MessagePort;
  private timer: ReturnType<typeof setInterval> | null = null;
  /** The first welcome is no reason to read everything again. */
  private wasWelcomed = false;

  constructor(
    private readonly handlers: LiveHandlers,
    onBroken: () => void,
  ) {
    allowScript(workerUrl);
    const worker = new SharedWorker(workerUrl, { name: "netzwacht-events", type: "module" });
    worker.onerror = onBroken;
    this.port = worker.port;
    this.port.onmessage = ({ data }: MessageEvent<ToWindow>) => this.hear(data);
    addEventListener("pagehide", () => this.port.postMessage(LEAVE));
    addEventListener("pageshow", () => this.timer !== null && this.port.postMessage(ALIVE));
  }

  start(): void {
    this.stop();
    this.wasWelcomed = false;
    this.port.postMessage(ALIVE);
    this.timer = setInterval(() => this.port.postMessage(ALIVE), ALIVE_MS);
  }

  stop(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
    this.port.postMessage(LEAVE);
  }

  private hear({ status, isNew, events }: ToWindow): void {
    if (this.timer === null) return;
    if (status) this.handlers.onStatus(status);
    if (isNew && this.wasWelcomed) this.handlers.onBatch([{ type: "reset", data: {} }]);
    if (isNew) this.wasWelcomed = true;
    if (events) this.handlers.onBatch(events);
  }
}

/** The shared stream; a stream of its own where the browser has no SharedWorker or could not load it. */
class Live implements Feed {
  private feed: Feed;
  private isWanted = false;

  constructor(handlers: LiveHandlers) {
    const own = () => new EventFeed(handlers);
    const useOwn = () => {
      this.feed.stop();
      this.feed = own();
      if (this.isWanted) this.feed.start();
    };
    try {
      this.feed = new SharedFeed(handlers, useOwn);
    } catch {
      this.feed = own(); // there is no SharedWorker, or the browser refuses it
    }
  }

  start(): void {
    this.isWanted = true;
    this.feed.start();
  }

  stop(): void {
    this.isWanted = false;
    this.feed.stop();
  }
}

export function openLive(handlers: LiveHandlers): Feed {
  return new Live(handlers);
}
