// SPDX-License-Identifier: GPL-3.0-or-later
// format.ts - numbers, times and units as people in Norderstedt read them. Pure: gets the language and `now`.
// Every time is shown in Europe/Berlin, whatever the browser's own zone is: an operator's log and the NOC's must agree.

export type Language = "de" | "en";

export const TIME_ZONE = "Europe/Berlin";

const LOCALES: Record<Language, string> = { de: "de-DE", en: "en-GB" };

/** What stands where a value is unknown. Never a zero. */
export const UNKNOWN = "–";

export function localeOf(language: Language): string {
  return LOCALES[language];
}

/** `digits` after the decimal mark at most; null and NaN are unknown. */
export function formatNumber(value: number | null | undefined, language: Language, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits }).format(value);
}

/** A share 0..1 as a percentage. 99.96 % must not become 100 %, so the last digit is cut, not rounded. */
export function formatShare(share: number | null | undefined, language: Language, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return UNKNOWN;
  const factor = 10 ** digits;
  // The tiny surplus undoes binary fractions such as 0.57 * 1000 = 569.9999…
  const cut = Math.floor(share * 100 * factor + 1e-6) / factor;
  const text = new Intl.NumberFormat(LOCALES[language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(cut);
  return `${text}\u00a0%`;
}

/** t in milliseconds since the epoch. */
export function formatDateTime(t: number | null | undefined, language: Language): string {
  if (t === null || t === undefined || !Number.isFinite(t)) return UNKNOWN;
  return new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: TIME_ZONE,
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(t);
}

export function formatTime(t: number, language: Language, withSeconds = false): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: TIME_ZONE,
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" as const } : {}),
  }).format(t);
}

export function formatDate(t: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: TIME_ZONE,
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
  }).format(t);
}

const DURATION_STEPS: ReadonlyArray<readonly [number, Record<Language, string>]> = [
  [86_400, { de: "d", en: "d" }],
  [3_600, { de: "h", en: "h" }],
  [60, { de: "min", en: "min" }],
  [1, { de: "s", en: "s" }],
];

/** Seconds as the two largest units that matter: 93784 s is "1 d 2 h". Negative durations (clocks apart) count as 0. */
export function formatDuration(seconds: number | null | undefined, language: Language): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  let rest = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [length, names] of DURATION_STEPS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0 || (length === 1 && parts.length === 0)) parts.push(`${count}\u00a0${names[language]}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

const SI: ReadonlyArray<readonly [number, string]> = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

function formatPrefixed(value: number, unit: string, language: Language): string {
  for (const [factor, prefix] of SI) {
    if (Math.abs(value) >= factor) return `${formatNumber(value / factor, language, 1)}\u00a0${prefix}${unit}`;
  }
  return `${formatNumber(value, language, 0)}\u00a0${unit}`;
}

const PLAIN_UNITS: Record<string, readonly [string, number]> = {
  "%": ["%", 1],
  "1": ["", 1],
  dBm: ["dBm", 1],
  dB: ["dB", 1],
  Cel: ["°C", 1],
  V: ["V", 1],
  A: ["A", 1],
  W: ["W", 1],
  m: ["m", 0],
  d: ["d", 0],
  rpm: ["1/min", 0],
  "1/s": ["1/s", 1],
};

function formatSeconds(value: number, language: Language): string {
  if (value === 0) return "0\u00a0s";
  if (Math.abs(value) < 0.001) return `${formatNumber(value * 1000, language, 3)}\u00a0ms`;
  if (Math.abs(value) < 1) return `${formatNumber(value * 1000, language, 1)}\u00a0ms`;
  if (value < 60) return `${formatNumber(value, language, 1)}\u00a0s`;
  return formatDuration(value, language);
}

/** A value in the base unit of its metric (metric_list.h: bit/s, s, dBm, Cel, Hz, By, A, 1 …) for people. */
export function formatValue(value: number | null | undefined, unit: string, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  if (unit === "s") return formatSeconds(value, language);
  if (unit === "A" && Math.abs(value) < 1) return `${formatNumber(value * 1000, language, 1)}\u00a0mA`;
  if (unit === "bit/s" || unit === "Hz") return formatPrefixed(value, unit, language);
  if (unit === "By") return formatPrefixed(value, "B", language);
  const [name, digits] = PLAIN_UNITS[unit] ?? [unit, 2];
  const text = formatNumber(value, language, digits);
  return name === "" ? text : `${text}\u00a0${name}`;
}
