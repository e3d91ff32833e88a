// SPDX-License-Identifier: GPL-3.0-or-later
// index.ts - looks texts up. Pure: gets the language.

import type { Language } from "../format";
import { TEXTS, type TextKey } from "./texts";

export type { TextKey } from "./texts";
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

const COLUMN: Record<Language, 0 | 1> = { de: 0, en: 1 };

export function translate(language: Language, key: TextKey, values: Record<string, string | number> = {}): string {
  return TEXTS[key][COLUMN[language]].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

/** The text of a code that the server sends (a state, a reason, a kind); the bare code if it is newer than this table. */
export function translateCode(language: Language, prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  return key in TEXTS ? translate(language, key as TextKey) : code;
}
