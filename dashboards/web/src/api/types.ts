// SPDX-License-Identifier: GPL-3.0-or-later
// types.ts - short names for the schemas of docs/openapi.yaml. openapi.d.ts is generated from it (npm run api), so a
// change of the contract that these pages do not follow fails to compile.

import type { components } from "./openapi";

type Schemas = components["schemas"];

export type Config = Schemas["Config"];
export type Session = Schemas["Session"];
export type Role = Schemas["Role"];
export type User = Schemas["User"];
export type AccessToken = Schemas["AccessToken"];
export type AuditEntry = Schemas["AuditEntry"];
export type Summary = Schemas["Summary"];
export type StateCounts = Schemas["StateCounts"];
export type Hotspot = Schemas["Hotspot"];
export type HotspotDetail = Schemas["HotspotDetail"];
export type Device = Schemas["Device"];
export type DeviceDetail = Schemas["DeviceDetail"];
export type Firmware = Schemas["Firmware"];
export type FirmwareModel = Firmware["models"][number];
export type FirmwareVersion = FirmwareModel["versions"][number];
export type FirmwareRule = NonNullable<Schemas["FirmwareRule"]>;
export type FirmwareStatus = Schemas["FirmwareStatus"];
export type SupportStatus = Schemas["SupportStatus"];
export type Asset = Schemas["Asset"];
export type Entity = Schemas["Entity"];
export type Value = Schemas["Value"];
export type Probe = Schemas["Probe"];
export type Graph = Schemas["Graph"];
export type Topology = Schemas["Topology"];
export type TopologyNode = Topology["nodes"][number];
export type Series = Schemas["Series"];
export type Incident = Schemas["Incident"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type Member = Incident["members"][number];
export type Maintenance = Schemas["Maintenance"];
export type Command = Schemas["Command"];
export type CommandEvent = Schemas["CommandEvent"];
export type StateEvent = Schemas["StateEvent"];
export type Service = Schemas["Service"];
export type Site = Schemas["Site"];
export type Daemon = Schemas["Daemon"];
export type Self = Schemas["Self"];
export type SelfDaemon = Schemas["SelfDaemon"];
export type SelfFigure = Schemas["SelfFigure"];
export type Availability = Schemas["Availability"];
export type AvailabilityDay = Availability["days"][number];
export type FeatureCollection = Schemas["FeatureCollection"];

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface AssetChange {
  at: string;
  entity: string | null;
  what: "model" | "version" | "serial";
  before: string;
  after: string;
}

export interface Neighbour {
  entity: string;
  system_name: string;
  chassis_id: string;
  port_id: string;
  port_descr: string;
  device: string | null;
  hotspot: string | null;
}
