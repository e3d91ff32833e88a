// SPDX-License-Identifier: GPL-3.0-or-later
// city.ts - what the pages know of the city now: read once by lists, kept current by the event stream.

import type { Client } from "./api/client";
import { openLive, type LiveEvent, type LiveStatus } from "./api/live";
import type { CommandEvent, Config, Hotspot, Incident, StateEvent, Summary, Topology } from "./api/types";
import { stateFrom } from "./model/state";
import { Store } from "./store";

/** Client numbers change without a change of state, so the lists are read again this often. */
const REFRESH_MS = 30_000;
const COMMAND_WAIT_MS = 10_000;

export interface Changes {
  /** The newest word of each incident, in the order in which they came. */
  incidents: readonly Incident[];
  states: readonly StateEvent[];
}

export type Outcome = { outcome: "done" | "refused" | "slow"; problem: string };

export class City {
  readonly config = new Store<Config | null>(null);
  readonly hotspots = new Store<ReadonlyMap<string, Hotspot>>(new Map());
  readonly topology = new Store<Topology | null>(null);
  readonly summary = new Store<Summary | null>(null);
  /** Open ones only, by id. */
  readonly incidents = new Store<ReadonlyMap<string, Incident>>(new Map());
  /** What the stream brought since the last time: a page that shows one of these reads it again. */
  readonly changes = new Store<Changes>({ incidents: [], states: [] });
  readonly live = new Store<LiveStatus>("connecting");
  readonly lastActivity = new Store<number>(Date.now());
  readonly isLoaded = new Store(false);
  readonly problem = new Store<unknown>(null);

  private readonly outcomes = new Map<string, CommandEvent>();
  private readonly waiting = new Map<string, (event: CommandEvent) => void>();
  private readonly stream: ReturnType<typeof openLive>;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly client: Client) {
    this.stream = openLive({ onStatus: (status) => this.live.set(status), onBatch: (events) => this.apply(events) });
  }

  start(): void {
    void this.load();
    this.stream.start();
    this.timer = setInterval(() => void this.load(), REFRESH_MS);
  }

  stop(): void {
    this.stream.stop();
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  async load(): Promise<void> {
    try {
      const [hotspots, topology, summary, incidents] = await Promise.all([
        this.client.list<Hotspot>("/hotspots"),
        this.client.get<Topology>("/topology"),
        this.client.get<Summary>("/summary"),
        this.client.list<Incident>("/incidents?status=open"),
      ]);
      this.hotspots.set(new Map(hotspots.map((hotspot) => [hotspot.id, hotspot])));
      this.topology.set(topology);
      this.summary.set(summary);
      this.incidents.set(new Map(incidents.map((incident) => [incident.id, incident])));
      this.isLoaded.set(true);
      this.problem.set(null);
    } catch (problem) {
      this.problem.set(problem);
    }
  }

  /** Waits for the outcome of a command: by the stream, or by asking once at the end. */
  async outcomeOf(command: string): Promise<Outcome> {
    const event = this.outcomes.get(command) ?? (await this.waitFor(command)) ?? (await this.askFor(command));
    if (!event || event.outcome === "pending") return { outcome: "slow", problem: "" };
    return { outcome: event.outcome === "done" ? "done" : "refused", problem: event.problem ?? event.outcome };
  }

  private waitFor(command: string): Promise<CommandEvent | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.delete(command);
        resolve(null);
      }, COMMAND_WAIT_MS);
      this.waiting.set(command, (event) => {
        clearTimeout(timer);
        this.waiting.delete(command);
        resolve(event);
      });
    });
  }

  private async askFor(command: string): Promise<Pick<CommandEvent, "outcome" | "problem"> | null> {
    return this.client.get<CommandEvent>(`/commands/${encodeURIComponent(command)}`).catch(() => null);
  }

  private apply(events: readonly LiveEvent[]): void {
    this.lastActivity.set(Date.now());
    const incidents = new Map<string, Incident>();
    const states: StateEvent[] = [];
    for (const { type, data } of events) {
      if (type === "incident") incidents.set(data.id, data);
      else if (type === "state") states.push(data);
      else if (type === "summary") this.summary.set(data);
      else if (type === "command") this.applyCommand(data);
      else if (type === "reset") void this.load();
    }
    if (incidents.size === 0 && states.length === 0) return;
    this.applyHotspots(states.filter((event) => event.kind === "hotspot"));
    this.applyNodes(states.filter((event) => event.kind === "device"));
    this.applyIncidents([...incidents.values()]);
    this.changes.set({ incidents: [...incidents.values()], states });
  }

  private applyHotspots(events: readonly StateEvent[]): void {
    if (events.length === 0) return;
    const next = new Map(this.hotspots.get());
    for (const { id, state, reason, since, incident, clients } of events) {
      const old = next.get(id);
      if (old) next.set(id, { ...old, state, reason, since, incident, clients });
    }
    this.hotspots.set(next);
  }

  private applyNodes(events: readonly StateEvent[]): void {
    const topology = this.topology.get();
    const last = new Map(events.map((event) => [event.id, event]));
    if (!topology?.nodes.some((node) => last.has(node.id))) return;
    const nodes = topology.nodes.map((node) => {
      const event = last.get(node.id);
      return event ? { ...node, state: event.state, reason: event.reason, incident: event.incident } : node;
    });
    this.topology.set({ ...topology, nodes });
  }

  private applyIncidents(incidents: readonly Incident[]): void {
    if (incidents.length === 0) return;
    const next = new Map(this.incidents.get());
    for (const incident of incidents) {
      if (incident.closed === null) next.set(incident.id, incident);
      else next.delete(incident.id);
    }
    this.incidents.set(next);
  }

  private applyCommand(event: CommandEvent): void {
    if (event.outcome === "pending") return;
    const waiter = this.waiting.get(event.command);
    if (waiter) waiter(event);
    // The outcome may overtake the 202: kept for outcomeOf(), and bounded.
    else this.outcomes.set(event.command, event);
    if (this.outcomes.size > 100) this.outcomes.delete(this.outcomes.keys().next().value ?? "");
  }
}

export function stateOf(item: { state: string }) {
  return stateFrom(item.state);
}
