// SPDX-License-Identifier: GPL-3.0-or-later
// radios.ts - an access point's radios as rows. Families differ: some give clients and power per radio, some per SSID of a
// radio, some a frequency and no channel. Pure.

import type { Entity } from "../api/types";
import { firstNumber, numberOf } from "./values";

export interface RadioRow {
  id: string;
  name: string;
  /** 2.4, 5 or 6; null if no frequency is known. */
  band: number | null;
  channel: number | null;
  utilization: number | null; // percent
  clients: number | null;
  txPower: number | null; // dBm
  noise: number | null; // dBm
}

const MHZ = 1e6;

export function bandOf(frequency: number | null): number | null {
  if (frequency === null) return null;
  if (frequency < 3_000 * MHZ) return 2.4;
  return frequency < 5_925 * MHZ ? 5 : 6;
}

/** IEEE 802.11: 2.4 GHz 2407 + 5 n (14 is 2484), 5 GHz 5000 + 5 n, 6 GHz 5950 + 5 n. */
export function channelOf(frequency: number | null): number | null {
  if (frequency === null) return null;
  const mhz = Math.round(frequency / MHZ);
  if (mhz === 2484) return 14;
  const base = mhz < 3_000 ? 2407 : mhz < 5_925 ? 5000 : 5950;
  const channel = (mhz - base) / 5;
  return Number.isInteger(channel) && channel > 0 ? channel : null;
}

function ssidsOf(radio: Entity, entities: readonly Entity[]): Entity[] {
  const names = new Set([radio.id, radio.name, radio.id.split("/").at(-1)]);
  return entities.filter((entity) => entity.kind === "ssid" && names.has(entity.attributes["radio"]));
}

function sumOf(entities: readonly Entity[], metric: string): number | null {
  const known = entities.map((entity) => numberOf(entity, metric)).filter((value): value is number => value !== null);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) : null;
}

export function radioRows(entities: readonly Entity[]): RadioRow[] {
  return entities
    .filter((entity) => entity.kind === "radio")
    .map((radio) => {
      const ssids = ssidsOf(radio, entities);
      const frequency = firstNumber([radio, ...ssids], "wireless.frequency");
      return {
        id: radio.id,
        name: radio.name || radio.id,
        band: bandOf(frequency),
        channel: numberOf(radio, "wireless.channel") ?? channelOf(frequency),
        utilization: numberOf(radio, "wireless.utilization"),
        clients: numberOf(radio, "wireless.clients") ?? sumOf(ssids, "wireless.clients"),
        txPower: firstNumber([radio, ...ssids], "wireless.tx_power"),
        noise: firstNumber([radio, ...ssids], "wireless.noise_floor"),
      };
    });
}

/** The band of a radio or of an SSID on it. */
export function bandOfEntity(entity: Entity, entities: readonly Entity[]): number | null {
  const related = entity.kind === "radio" ? ssidsOf(entity, entities) : [];
  return bandOf(firstNumber([entity, ...related], "wireless.frequency"));
}
