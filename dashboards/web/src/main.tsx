// SPDX-License-Identifier: GPL-3.0-or-later
// main.tsx - starts the page: style sheets, what it remembers of this browser, the session, the first drawing.

import "./trusted";
import "@kern-ux/native/dist/kern.min.css";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/app.css";
import "./styles/pages.css";
import "./styles/topology.css";
import "./styles/incidents.css";
import "./styles/inventory.css";
import "./styles/self.css";
import "./styles/admin.css";
import "./styles/graphs.css";
import "./styles/maintenance.css";

import { render } from "preact";
import { Client } from "./api/client";
import { Root } from "./app";
import { City } from "./city";
import { AppContext, type App, type Theme } from "./context";
import type { Language } from "./format";
import { createRouteStore } from "./router";
import { Store } from "./store";

/** How often ages ("since 3 min") are counted anew. */
const CLOCK_MS = 5_000;

function remembered<T extends string>(name: string, known: readonly T[], otherwise: T): Store<T> {
  let value = otherwise;
  try {
    value = known.find((each) => each === localStorage.getItem(name)) ?? otherwise;
  } catch {
    // storage is switched off: the choice lasts as long as the page
  }
  const store = new Store<T>(value);
  store.subscribe(() => {
    try {
      localStorage.setItem(name, store.get());
    } catch {
      // as above
    }
  });
  return store;
}

function applyTheme(theme: Theme): void {
  const isDark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset["kernTheme"] = isDark ? "dark" : "light";
}

function start(): void {
  const client = new Client();
  const app: App = {
    client,
    city: new City(client),
    session: new Store<App["session"] extends Store<infer S> ? S : never>(null),
    language: remembered<Language>("netzwacht.language", ["de", "en"], "de"),
    theme: remembered<Theme>("netzwacht.theme", ["auto", "light", "dark"], "auto"),
    now: new Store(Date.now()),
    announcement: new Store(""),
  };
  const applyLanguage = () => (document.documentElement.lang = app.language.get());
  app.language.subscribe(applyLanguage);
  applyLanguage();
  const retheme = () => applyTheme(app.theme.get());
  app.theme.subscribe(retheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme);
  retheme();
  setInterval(() => app.now.set(Date.now()), CLOCK_MS);
  const root = document.getElementById("app");
  if (!root) return;
  render(
    <AppContext.Provider value={app}>
      <Root route={createRouteStore()} />
    </AppContext.Provider>,
    root,
  );
}

start();
