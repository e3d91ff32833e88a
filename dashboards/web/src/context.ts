// SPDX-License-Identifier: GPL-3.0-or-later
// context.ts - what every component may ask for: the language, the session, the city, the clock.

import { createContext } from "preact";
import { useContext, useEffect } from "preact/hooks";
import type { Client } from "./api/client";
import type { Session } from "./api/types";
import type { City } from "./city";
import type { Language } from "./format";
import { translate, translateCode, type TextKey } from "./i18n";
import { Store, useStore } from "./store";

export type Theme = "auto" | "light" | "dark";

export interface App {
  client: Client;
  city: City;
  session: Store<Session | null>;
  language: Store<Language>;
  theme: Store<Theme>;
  /** Milliseconds; moves every few seconds, so that ages stay true. */
  now: Store<number>;
  /** What a screen reader is told without moving the focus. */
  announcement: Store<string>;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("useApp outside of AppContext");
  return app;
}

export function useLanguage(): Language {
  return useStore(useApp().language);
}

/** t: a text of the table; code: the text of a code that the server sent. */
export function useTexts() {
  const language = useLanguage();
  return {
    language,
    t: (key: TextKey, values?: Record<string, string | number>) => translate(language, key, values),
    code: (prefix: string, value: string) => translateCode(language, prefix, value),
  };
}

export function useNow(): number {
  return useStore(useApp().now);
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – netzwacht`;
  }, [title]);
}

/** RFC 3339 into milliseconds; null stays null. */
export function timeOf(text: string | null | undefined): number | null {
  if (!text) return null;
  const t = Date.parse(text);
  return Number.isFinite(t) ? t : null;
}
