// SPDX-License-Identifier: GPL-3.0-or-later
// firmware.ts - what the firmware rules say, in the order and shapes that the pages show it in. Pure.

import type { Asset, Firmware, FirmwareModel, FirmwareStatus, FirmwareVersion, SupportStatus } from "../api/types";
import type { State } from "./state";

/** Most urgent first. */
export const FIRMWARE_STATUSES: readonly FirmwareStatus[] = ["too_old", "outdated", "unknown", "unrated", "current"];
export const SUPPORT_STATUSES: readonly SupportStatus[] = ["ended", "ends_soon", "runs", "unknown"];

/** The shape and colour that stand for it; its word always stands beside them. */
export const FIRMWARE_SHAPE: Record<FirmwareStatus, State> = {
  too_old: "unusable",
  outdated: "degraded",
  unknown: "unknown",
  unrated: "maintenance",
  current: "usable",
};
export const SUPPORT_SHAPE: Record<SupportStatus, State> = { ended: "unusable", ends_soon: "degraded", runs: "usable", unknown: "unknown" };

export interface Segment {
  version: FirmwareVersion;
  /** Percent of the bar. */
  from: number;
  width: number;
}

/** The versions of a model side by side, newest first. */
export function segmentsOf(model: FirmwareModel): Segment[] {
  let from = 0;
  return model.versions.map((version) => {
    const width = model.assets > 0 ? (version.assets / model.assets) * 100 : 0;
    const segment = { version, from, width };
    from += width;
    return segment;
  });
}

export interface OldVersion {
  model: FirmwareModel;
  version: FirmwareVersion;
}

/** What runs below its minimum, then what runs below the recommended version; most hotspots first. */
export function oldVersions(firmware: Firmware): OldVersion[] {
  const rank = (each: OldVersion) => FIRMWARE_STATUSES.indexOf(each.version.firmware);
  return firmware.models
    .flatMap((model) => model.versions.map((version) => ({ model, version })))
    .filter(({ version }) => version.firmware === "too_old" || version.firmware === "outdated")
    .sort((a, b) => rank(a) - rank(b) || b.version.hotspots - a.version.hotspots || b.version.assets - a.version.assets);
}

/** Models whose last day of support is known, the next one first. */
export function endOfSupport(firmware: Firmware): FirmwareModel[] {
  const days = (model: FirmwareModel) => model.rule?.days_left ?? Infinity;
  return firmware.models.filter((model) => Number.isFinite(days(model))).sort((a, b) => days(a) - days(b));
}

export function modelName(thing: { vendor: string | null; model: string | null }): string {
  return [thing.vendor, thing.model].filter(Boolean).join(" ");
}

/** The filters of the list as they stand in the page's address are those of the server. */
const FILTERS = ["firmware", "support", "model", "kind", "district", "older_than", "q"] as const;

/** A version without a number cannot be compared; while it is being typed, it filters nothing. */
export function isVersion(text: string): boolean {
  return /[0-9]/.test(text) && text.length <= 64;
}

export function assetsPath(query: URLSearchParams): string {
  const asked = new URLSearchParams();
  for (const name of FILTERS) {
    const value = query.get(name) ?? "";
    if (value !== "" && (name !== "older_than" || isVersion(value))) asked.set(name, value);
  }
  const text = asked.toString();
  return `/firmware/assets${text ? `?${text}` : ""}`;
}

export function assetId(asset: Asset): string {
  return asset.entity === null ? asset.device : `${asset.device}/${asset.entity}`;
}
