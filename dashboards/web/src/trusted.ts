// SPDX-License-Identifier: GPL-3.0-or-later
// trusted.ts - the one Trusted Types policy of the page. Nothing here builds HTML from text; Leaflet sets one constant
// while it loads, to find out whether the browser knows SVG, and that constant is all that passes.

interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}

const KNOWN_CONSTANT = "<svg/>";

const factory = (window as unknown as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
factory?.createPolicy("default", {
  createHTML(text: string): string {
    if (text !== KNOWN_CONSTANT) throw new TypeError("HTML from text is not allowed on this page");
    return text;
  },
});
