// SPDX-License-Identifier: GPL-3.0-or-later
// trusted.ts - the one Trusted Types policy of the page. Nothing here builds HTML from text; Leaflet sets one constant
// while it loads, to find out whether the browser knows SVG, and that constant is all that passes. Of scripts, the worker
// that the bundle names passes, and no other address.

interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string; createScriptURL(url: string): string }): unknown;
}

const KNOWN_CONSTANT = "<svg/>";
const scripts = new Set<string>();

/** url: a constant of the bundle, never one that was put together. */
export function allowScript(url: string): void {
  scripts.add(url);
}

const factory = (globalThis as unknown as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
factory?.createPolicy("default", {
  createHTML(text: string): string {
    if (text !== KNOWN_CONSTANT) throw new TypeError("HTML from text is not allowed on this page");
    return text;
  },
  createScriptURL(url: string): string {
    if (!scripts.has(url)) throw new TypeError("this script is not allowed on this page");
    return url;
  },
});
