// SPDX-License-Identifier: GPL-3.0-or-later
// app.tsx - the frame of all pages: header, navigation, connection, announcements; and which page the address means.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "./api/client";
import type { Incident, StateEvent } from "./api/types";
import { mayAdminister, maySeeSelf } from "./model/role";
import { useApp, useTexts, type Theme } from "./context";
import { formatTime, type Language } from "./format";
import { translate, translateCode } from "./i18n";
import { AdminPage } from "./pages/admin";
import { CoveragePage } from "./pages/coverage";
import { DevicePage } from "./pages/device";
import { DevicesPage } from "./pages/devices";
import { FunnelPage } from "./pages/funnel";
import { GraphsPage } from "./pages/graphs";
import { HotspotPage } from "./pages/hotspot";
import { IncidentPage } from "./pages/incident";
import { IncidentsPage } from "./pages/incidents";
import { InventoryPage } from "./pages/inventory";
import { LoginPage } from "./pages/login";
import { MaintenancePage } from "./pages/maintenance";
import { MapPage } from "./pages/map";
import { OverviewPage } from "./pages/overview";
import { SelfPage } from "./pages/self";
import { SmokePage } from "./pages/smoke";
import { TopologyPage } from "./pages/topology";
import { linkTo, type Route } from "./router";
import { routeKey, type RouteKey } from "./routes";
import { useStore, type Store } from "./store";
import { LineIcon } from "./ui/icons";
import { ErrorNote, Loading } from "./ui/parts";

const NAVIGATION = [
  ["overview", "nav.overview"],
  ["map", "nav.map"],
  ["incidents", "nav.incidents"],
  ["maintenance", "nav.maintenance"],
  ["topology", "nav.topology"],
  ["devices", "nav.devices"],
  ["graphs", "nav.graphs"],
  ["inventory", "nav.inventory"],
  ["coverage", "nav.coverage"],
] as const;

export function Root({ route }: { route: Store<Route> }) {
  const app = useApp();
  const session = useStore(app.session);
  const [problem, setProblem] = useState<unknown>(null);
  const [isExpired, setExpired] = useState(false);
  const check = () => {
    setProblem(null);
    app.client.session().then((found) => app.session.set(found), setProblem);
  };
  useEffect(() => {
    app.client.get("/config").then((config) => app.city.config.set(config as never), setProblem);
    const { parts } = route.get();
    if (parts[0] === "kiosk" && parts[1]) becomeKiosk(parts[1]);
    else check();
    app.client.onSessionLost = () => {
      app.city.stop();
      app.client.session().then((found) => app.session.set(found), setProblem);
      setExpired(true);
    };
  }, []);
  /** The token does not stay in the address: the history of the browser would keep it. */
  const becomeKiosk = (token: string) => {
    location.replace(`${linkTo("overview")}?wall=1`);
    app.client.logInByToken(token).then((found) => app.session.set(found), check);
  };
  const isLoggedIn = session !== null && session.user !== null;
  useEffect(() => {
    if (!isLoggedIn) return;
    setExpired(false);
    app.city.start();
    return () => app.city.stop();
  }, [isLoggedIn]);

  if (problem instanceof Problem || problem) return <ErrorNote problem={problem} retry={check} />;
  if (session === null) return <Loading />;
  return (
    <>
      <SkipLink />
      <SimulatedBanner />
      {isLoggedIn ? <LoggedIn route={route} /> : <LoginPage isExpired={isExpired} />}
      <Announcer />
    </>
  );
}

/** Moves the focus itself: the address after "#" belongs to the router. */
function SkipLink() {
  const { t } = useTexts();
  const skip = (event: Event) => {
    event.preventDefault();
    document.getElementById("content")?.focus();
  };
  return (
    <a class="skip-link" href="#content" onClick={skip}>
      {t("app.skip")}
    </a>
  );
}

function SimulatedBanner() {
  const { t } = useTexts();
  const config = useStore(useApp().city.config);
  return config?.is_simulated ? (
    <aside class="banner" aria-label={t("app.notice")}>
      {t("app.simulated")}
    </aside>
  ) : null;
}

function LoggedIn({ route }: { route: Store<Route> }) {
  const { parts, query } = useStore(route);
  const isWall = query.get("wall") === "1";
  return (
    <div class={isWall ? "frame is-wall" : "frame"}>
      {isWall ? null : <Header current={parts[0] ?? "overview"} />}
      <ConnectionNote />
      <Main path={parts.join("/")}>
        <Page route={route} />
      </Main>
      {isWall || parts[0] === "map" ? null : <Footer />}
    </div>
  );
}

function Footer() {
  const { t } = useTexts();
  const app = useApp();
  const config = useStore(app.city.config);
  const session = useStore(app.session);
  return (
    <footer class="footer">
      <span>{t("app.zone")}</span>
      <a href="/status/">{t("app.statusPage")}</a>
      <a href={linkTo("funnel")}>{t("nav.funnel")}</a>
      {maySeeSelf(session) ? <a href={linkTo("self")}>{t("self.title")}</a> : null}
      {mayAdminister(session) ? <a href={linkTo("admin")}>{t("admin.title")}</a> : null}
      <span>netzwacht {config?.version}</span>
    </footer>
  );
}

/** A new page starts at its top, and a screen reader starts there too. */
function Main({ path, children }: { path: string; children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) {
      main.current?.focus();
      window.scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [path]);
  return (
    <main id="content" class="main" data-path={path} tabIndex={-1} ref={main}>
      {children}
    </main>
  );
}

/** A page for every entry of the route table: one without does not compile. */
const PAGES: Record<RouteKey, (route: Store<Route>, id: string) => JSX.Element> = {
  overview: (route) => <OverviewPage route={route} />,
  map: (route) => <MapPage route={route} />,
  "hotspots/id": (_, id) => <HotspotPage key={id} id={id} />,
  "smoke/id": (_, id) => <SmokePage key={id} id={id} />,
  devices: (route) => <DevicesPage route={route} />,
  "devices/id": (_, id) => <DevicePage key={id} id={id} />,
  incidents: (route) => <IncidentsPage route={route} />,
  "incidents/id": (route, id) => <IncidentPage key={id} id={id} route={route} />,
  topology: (route) => <TopologyPage route={route} />,
  inventory: (route) => <InventoryPage route={route} />,
  maintenance: (route) => <MaintenancePage route={route} />,
  graphs: (route) => <GraphsPage route={route} />,
  coverage: () => <CoveragePage />,
  funnel: () => <FunnelPage />,
  self: () => <SelfPage />,
  admin: () => <AdminPage />,
};

function Page({ route }: { route: Store<Route> }) {
  const { t } = useTexts();
  const { parts } = useStore(route);
  const key = routeKey(parts);
  return key ? PAGES[key](route, parts[1] ?? "") : <h1>{t("app.notfound")}</h1>;
}

function Header({ current }: { current: string }) {
  const { t } = useTexts();
  const app = useApp();
  const config = useStore(app.city.config);
  const summary = useStore(app.city.summary);
  const [isOpen, setOpen] = useState(false);
  const open = summary?.incidents.open ?? 0;
  return (
    <header class="header">
      <a class="brand" href={linkTo("overview")}>
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>{config?.title ?? t("app.name")}</span>
      </a>
      <button type="button" class="button is-quiet menu-button" aria-expanded={isOpen} aria-controls="menu" onClick={() => setOpen(!isOpen)}>
        <LineIcon name="menu" /> {t("app.menu")}
      </button>
      <div id="menu" class={isOpen ? "menu is-open" : "menu"}>
        <nav aria-label={t("app.navigation")}>
          <ul>
            {NAVIGATION.map(([name, key]) => (
              <li key={name}>
                <a href={linkTo(name)} aria-current={isCurrent(name, current) ? "page" : undefined} onClick={() => setOpen(false)}>
                  {t(key)}
                  {name === "incidents" && open > 0 ? <span class="count">{open}</span> : null}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Tools />
      </div>
    </header>
  );
}

function isCurrent(name: string, current: string): boolean {
  return name === current || (name === "map" && current === "hotspots");
}

function Tools() {
  const { t, code } = useTexts();
  const app = useApp();
  const session = useStore(app.session);
  const logOut = () => {
    app.city.stop();
    const done = () => app.client.session().then((found) => app.session.set(found));
    app.client.logOut().then(done, done);
  };
  return (
    <div class="tools">
      <LiveLamp />
      <LanguageSwitch />
      <ThemeSwitch />
      <span class="user">
        <span class="kern-sr-only">{t("app.user")} </span>
        {session?.user} ({code("role", session?.role ?? "")})
      </span>
      <button type="button" class="button is-quiet" onClick={logOut}>
        {t("app.logout")}
      </button>
    </div>
  );
}

export function LanguageSwitch() {
  const { t, language } = useTexts();
  const app = useApp();
  const other: Language = language === "de" ? "en" : "de";
  return (
    <button
      type="button"
      class="button is-quiet"
      lang={other}
      aria-label={other === "en" ? "English: switch language" : "Deutsch: Sprache wechseln"}
      title={t("app.language")}
      onClick={() => app.language.set(other)}
    >
      {other === "en" ? "English" : "Deutsch"}
    </button>
  );
}

export function ThemeSwitch() {
  const { t, code } = useTexts();
  const app = useApp();
  const theme = useStore(app.theme);
  return (
    <label class="theme">
      <LineIcon name="sun" />
      <span class="kern-sr-only">{t("app.theme")}</span>
      <select class="select is-quiet" value={theme} onChange={(event) => app.theme.set(event.currentTarget.value as Theme)}>
        {(["auto", "light", "dark"] as const).map((each) => (
          <option key={each} value={each}>
            {code("app.theme", each)}
          </option>
        ))}
      </select>
    </label>
  );
}

function LiveLamp() {
  const { t } = useTexts();
  const status = useStore(useApp().city.live);
  const text = status === "open" ? t("live.open") : status === "lost" ? t("live.lost") : t("live.connecting");
  return (
    <span class={`live is-${status}`} data-live={status} role="status">
      <span class="live__lamp" aria-hidden="true" />
      {text}
    </span>
  );
}

/** Old figures that look current are worse than none: said aloud as soon as the stream is gone. */
function ConnectionNote() {
  const { t, language } = useTexts();
  const city = useApp().city;
  const status = useStore(city.live);
  const problem = useStore(city.problem);
  if (problem && !city.isLoaded.get()) return <ErrorNote problem={problem} retry={() => void city.load()} />;
  if (status !== "lost") return null;
  return (
    <div class="note is-warning" role="alert">
      {t("live.lost")}. {t("live.hint", { time: formatTime(city.lastActivity.get(), language, true) })}
    </div>
  );
}

/** Changes are told politely and one at a time: a cut of forty hotspots is one incident, not forty messages. */
function Announcer() {
  const app = useApp();
  const text = useStore(app.announcement);
  const language = useStore(app.language);
  useEffect(() => {
    const wordOf = (incident: Incident): string | null => {
      const isOpening = incident.closed === null && incident.opened === incident.changed;
      if (!isOpening && incident.closed === null) return null;
      return translate(language, isOpening ? "incident.openedLive" : "incident.closedLive", { text: incident.text[language] });
    };
    const wordOfState = (event: StateEvent): string | null => {
      if (event.incident !== null || event.kind !== "device") return null;
      const state = translateCode(language, "state", event.state);
      const reason = translateCode(language, "reason", event.reason);
      return translate(language, "live.changed", { name: event.name, state, reason });
    };
    return app.city.changes.subscribe(() => {
      const { incidents, states } = app.city.changes.get();
      const words = [...incidents.map(wordOf), ...states.map(wordOfState)].filter((word) => word !== null);
      const [first] = words;
      if (first) app.announcement.set(words.length === 1 ? first : translate(language, "live.changes", { first, count: words.length - 1 }));
    });
  }, [language]);
  return (
    <div class="kern-sr-only" role="status" aria-live="polite" aria-atomic="true">
      {text}
    </div>
  );
}
