// SPDX-License-Identifier: GPL-3.0-or-later
// city.ts - what the pages know of the city now: read once by lists, kept current by the event stream.

import type { Client } from "./api/client";
import { LiveStream, type LiveStatus } from "./api/live";
import type { CommandEvent, Config, Hotspot, Incident, StateEvent, Summary, Topology } from "./api/types";
import { stateFrom } from "./model/state";
import { Store } from "./store";

/** Client numbers change without a change of state, so the lists are read again this often. */
const REFRESH_MS = 30_000;
const COMMAND_WAIT_MS = 10_000;

export type Outcome = { outcome: "done" | "refused" | "slow"; problem: string };

export class City {
  readonly config = new Store<Config | null>(null);
  readonly hotspots = new Store<ReadonlyMap<string, Hotspot>>(new Map());
  readonly topology = new Store<Topology | null>(null);
  readonly summary = new Store<Summary | null>(null);
  /** Open ones only, by id. */
  readonly incidents = new Store<ReadonlyMap<string, Incident>>(new Map());
  /** The last incident event: a page that shows this incident reads it again. */
  readonly lastIncident = new Store<Incident | null>(null);
  readonly lastState = new Store<StateEvent | null>(null);
  readonly live = new Store<LiveStatus>("connecting");
  readonly lastActivity = new Store<number>(Date.now());
  readonly isLoaded = new Store(false);
  readonly problem = new Store<unknown>(null);

  private readonly outcomes = new Map<string, CommandEvent>();
  private readonly waiting = new Map<string, (event: CommandEvent) => void>();
  private readonly stream: LiveStream;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly client: Client) {
    this.stream = new LiveStream({
      onStatus: (status) => this.live.set(status),
      onActivity: () => this.lastActivity.set(Date.now()),
      onState: (event) => this.applyState(event),
      onIncident: (incident) => this.applyIncident(incident),
      onCommand: (event) => this.applyCommand(event),
      onSummary: (summary) => this.summary.set(summary),
      onReset: () => void this.load(),
    });
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

  private applyState(event: StateEvent): void {
    if (event.kind === "hotspot") this.applyHotspot(event);
    if (event.kind === "device") this.applyNode(event);
    this.lastState.set(event);
  }

  private applyHotspot(event: StateEvent): void {
    const old = this.hotspots.get().get(event.id);
    if (!old) return;
    const { state, reason, since, incident, clients } = event;
    this.hotspots.set(new Map(this.hotspots.get()).set(event.id, { ...old, state, reason, since, incident, clients }));
  }

  private applyNode(event: StateEvent): void {
    const topology = this.topology.get();
    if (!topology?.nodes.some((node) => node.id === event.id)) return;
    const { state, reason, incident } = event;
    const nodes = topology.nodes.map((node) => (node.id === event.id ? { ...node, state, reason, incident } : node));
    this.topology.set({ ...topology, nodes });
  }

  private applyIncident(incident: Incident): void {
    const next = new Map(this.incidents.get());
    if (incident.closed === null) next.set(incident.id, incident);
    else next.delete(incident.id);
    this.incidents.set(next);
    this.lastIncident.set(incident);
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
