// SPDX-License-Identifier: GPL-3.0-or-later
// stream_worker.ts - the SharedWorker that holds the one event stream of a browser, whatever the number of its windows.
// A window sends "alive" every so often; one that was not heard of for long is forgotten, and welcomed with a reset when
// it speaks again (a browser may freeze a window for hours).

import { EventFeed } from "./feed";
import { LEAVE, type FromWindow, type ToWindow } from "./stream_words";

/** Chromium lets a hidden window's timers run once a minute. */
const SILENT_MS = 150_000;
const SWEEP_MS = 30_000;

interface WorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

const windows = new Map<MessagePort, number>();
const feed = new EventFeed({ onStatus: sendStatus, onBatch: (events) => sendToAll({ events }) });

function send(port: MessagePort, message: ToWindow): void {
  port.postMessage(message);
}

function sendToAll(message: ToWindow): void {
  for (const port of windows.keys()) send(port, message);
}

function sendStatus(): void {
  sendToAll({ status: feed.status });
}

function forget(port: MessagePort): void {
  windows.delete(port);
  if (windows.size === 0) feed.stop();
}

function hear(port: MessagePort, message: FromWindow): void {
  if (message === LEAVE) return forget(port);
  const isNew = !windows.has(port);
  windows.set(port, Date.now());
  if (windows.size === 1 && isNew) feed.start();
  if (isNew) send(port, { status: feed.status, isNew: true });
}

(self as unknown as WorkerScope).onconnect = ({ ports: [port] }) => {
  if (!port) return;
  port.onmessage = ({ data }: MessageEvent<FromWindow>) => hear(port, data);
};

setInterval(() => {
  for (const [port, heardAt] of windows) if (Date.now() - heardAt > SILENT_MS) forget(port);
}, SWEEP_MS);
