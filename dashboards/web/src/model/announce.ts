// SPDX-License-Identifier: GPL-3.0-or-later
// announce.ts - what citizens are told of a maintenance window: the part of its request. Pure.

export interface Announcement {
  isWanted: boolean;
  de: string;
  en: string;
}

export const NO_ANNOUNCEMENT: Announcement = { isWanted: false, de: "", en: "" };

/** The server counts bytes of UTF-8: an umlaut is two. */
export const TEXT_BYTES_MAX = 500;

export function bytesOver(text: string): number {
  return Math.max(0, new TextEncoder().encode(text.trim()).length - TEXT_BYTES_MAX);
}

export function isSendable({ isWanted, de, en }: Announcement): boolean {
  return !isWanted || (bytesOver(de) === 0 && bytesOver(en) === 0);
}

/** Members of POST /maintenance. */
export function announcementBody({ isWanted, de, en }: Announcement): Record<string, string | boolean> {
  if (!isWanted) return {};
  return { announce: true, text_de: de.trim(), text_en: en.trim() };
}
