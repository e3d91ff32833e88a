// SPDX-License-Identifier: GPL-3.0-or-later
// overview.tsx - the city at a glance; with ?wall=1 without navigation and large enough for the control room's wall.

import { useEffect, useState } from "preact/hooks";
import type { Daemon, Page, Service, Site, StateCounts, Summary } from "../api/types";
import { useApp, useTexts, useTitle } from "../context";
import { formatNumber, formatShare, formatTime } from "../format";
import { maySeeSelf } from "../model/role";
import { sortRows } from "../model/sort";
import { STATES, countStates, stateFrom, type Counts } from "../model/state";
import { linkTo, type Route } from "../router";
import { useStore, type Store } from "../store";
import { IncidentList } from "../ui/incident_list";
import { StateIcon } from "../ui/icons";
import { Loading, Muted, ReasonText, Section, Since, StateText } from "../ui/parts";
import { useCityEvent, useData } from "./use_data";

const SEVERITY_ORDER = ["critical", "major", "minor", "warning"];
const WALL_INCIDENTS = 8;
const REFRESH_MS = 15_000;
/** What works first, then what does not, most urgent first. */
const TILES = ["usable", ...STATES.filter((state) => state !== "usable")] as const;

export function OverviewPage({ route }: { route: Store<Route> }) {
  const { t } = useTexts();
  const isWall = useStore(route).query.get("wall") === "1";
  const summary = useStore(useApp().city.summary);
  useTitle(t("overview.title"));
  if (!summary) return <Loading />;
  return (
    <div class="page">
      <div class="page-head is-plain">
        <h1>{t("overview.title")}</h1>
        {isWall ? <WallClock /> : null}
        <a class="button" href={isWall ? linkTo("overview") : `${linkTo("overview")}?wall=1`}>
          {t(isWall ? "overview.wallExit" : "overview.wall")}
        </a>
      </div>
      <StateTiles summary={summary} />
      <div class="columns is-even">
        <div class="stack">
          <OpenIncidents />
          <Services />
          <Sites />
        </div>
        <div class="stack">
          <Districts summary={summary} />
          <Network />
          <Daemons />
        </div>
      </div>
    </div>
  );
}

function WallClock() {
  const { language } = useTexts();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <p class="wall-clock">{formatTime(now, language, true)}</p>;
}

function totalOf(counts: StateCounts): number {
  return STATES.reduce((sum, state) => sum + counts[state], 0);
}

function StateTiles({ summary }: { summary: Summary }) {
  const { t, code, language } = useTexts();
  const total = totalOf(summary.hotspots);
  return (
    <section aria-labelledby="states">
      <h2 id="states" class="kern-sr-only">
        {t("overview.states")}
      </h2>
      <ul class="tiles">
        {TILES.map((state) => (
          <li key={state} class={`tile is-${state}${summary.hotspots[state] === 0 ? " is-zero" : ""}`} data-state={state}>
            <a href={`${linkTo("map")}?state=${state}`}>
              <span class="tile__name">
                <StateIcon state={state} size={20} /> {code("state", state)}
              </span>
              <strong>{formatNumber(summary.hotspots[state], language)}</strong>
              <span class="tile__note">
                {state === "usable"
                  ? t("overview.usableShare", { share: formatShare(total > 0 ? summary.hotspots.usable / total : null, language) })
                  : t("overview.of", { total: formatNumber(total, language) })}
              </span>
            </a>
          </li>
        ))}
        <li class="tile is-clients">
          <div>
            <span class="tile__name">{t("overview.clients")}</span>
            <strong>{formatNumber(summary.clients, language)}</strong>
            <span class="tile__note">
              {t("overview.clientsKnown", { known: formatNumber(summary.clients_known, language), total: formatNumber(total, language) })}
            </span>
          </div>
        </li>
      </ul>
    </section>
  );
}

function OpenIncidents() {
  const { t } = useTexts();
  const { city } = useApp();
  const incidents = useStore(city.incidents);
  const sorted = sortRows([...incidents.values()], (each) => SEVERITY_ORDER.indexOf(each.severity) * 1e9 - each.priority, false, "de");
  return (
    <Section
      title={t("overview.incidents")}
      id="open-incidents"
      actions={
        <a class="panel__more" href={linkTo("incidents")}>
          {t("overview.allIncidents")} ({incidents.size})
        </a>
      }
    >
      {incidents.size === 0 ? <Muted>{t("overview.noIncidents")}</Muted> : null}
      <IncidentList incidents={sorted.slice(0, WALL_INCIDENTS)} />
    </Section>
  );
}

/** A bar by shares, the counts in words: the bar alone would be colour only. */
function ShareRow({ name, href, counts }: { name: string; href: string; counts: Counts }) {
  const { code, language } = useTexts();
  const total = totalOf(counts);
  let x = 0;
  return (
    <li class="share-row">
      <a href={href}>{name}</a>
      <svg class="share-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {STATES.map((state) => {
          const width = total > 0 ? (counts[state] / total) * 100 : 0;
          const from = x;
          x += width;
          return width > 0 ? <rect key={state} class={`fill-${state}`} x={from} y="0" width={width} height="8" /> : null;
        })}
      </svg>
      <span class="share-row__counts">
        {STATES.filter((state) => counts[state] > 0).map((state) => (
          <span key={state} title={code("state", state)}>
            <StateIcon state={state} size={14} />
            <span class="kern-sr-only">{code("state", state)}</span> {formatNumber(counts[state], language)}
          </span>
        ))}
      </span>
    </li>
  );
}

function Districts({ summary }: { summary: Summary }) {
  const { t } = useTexts();
  return (
    <Section title={t("overview.districts")} id="districts">
      <ul class="share-rows">
        {summary.districts.map((district) => (
          <ShareRow key={district.id} name={district.name} href={`${linkTo("map")}?district=${encodeURIComponent(district.id)}`} counts={district.hotspots} />
        ))}
      </ul>
    </Section>
  );
}

function Network() {
  const { t, code } = useTexts();
  const topology = useStore(useApp().city.topology);
  const kinds = [...new Set((topology?.nodes ?? []).map((node) => node.kind))];
  return (
    <Section title={t("overview.network")} id="network">
      <ul class="share-rows">
        {kinds.map((kind) => {
          const nodes = (topology?.nodes ?? []).filter((node) => node.kind === kind);
          const counts = countStates(nodes.map((node) => ({ state: stateFrom(node.state) })));
          return <ShareRow key={kind} name={code("device.kind", kind)} href={`${linkTo("devices")}?kind=${kind}`} counts={counts} />;
        })}
      </ul>
    </Section>
  );
}

function Services() {
  const { t, code } = useTexts();
  const { data, reload } = useData<Page<Service>>("/services?limit=100", REFRESH_MS);
  useCityEvent(reload, ({ thing }) => data?.items.some((service) => service.id === thing) ?? false);
  if (!data || data.items.length === 0) return null;
  return (
    <Section title={t("overview.services")} id="services">
      <ul class="plain-rows">
        {data.items.map((service) => (
          <li key={service.id}>
            <span>
              {service.name} <span class="muted">{code("service", service.kind)}</span>
            </span>
            <span>
              <ReasonText reason={service.reason} /> <StateText state={service.state} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Streets, schools, fibre nodes: those where something is not as it should be. */
function Sites() {
  const { t } = useTexts();
  const { data, reload } = useData<Page<Site>>("/sites?state=unusable,degraded,unknown,maintenance&limit=8", REFRESH_MS);
  useCityEvent(reload, ({ thing }) => data?.items.some((site) => site.id === thing) ?? false);
  if (!data) return null;
  return (
    <Section title={t("overview.sites")} id="sites">
      {data.items.length === 0 ? <Muted>{t("overview.noSites")}</Muted> : null}
      <ul class="plain-rows">
        {data.items.map((site) => (
          <li key={site.id} data-site={site.id}>
            <span>{site.name}</span>
            <span class="state-and-reason">
              <StateText state={site.state} />
              <ReasonText reason={site.reason} />
            </span>
          </li>
        ))}
      </ul>
      {data.next === null ? null : (
        <a class="panel__more" href={linkTo("map")}>
          {t("overview.moreSites")}
        </a>
      )}
    </Section>
  );
}

/** A monitor that stands still looks like a network that runs: so it is watched too. */
function Daemons() {
  const { t } = useTexts();
  const who = useStore(useApp().session);
  const { data } = useData<Page<Daemon>>("/daemons", REFRESH_MS);
  if (!data || data.items.length === 0) return null;
  return (
    <Section
      title={t("overview.daemons")}
      id="daemons"
      actions={
        maySeeSelf(who) ? (
          <a class="panel__more" href={linkTo("self")}>
            {t("overview.daemonsMore")}
          </a>
        ) : null
      }
    >
      <ul class="plain-rows">
        {data.items.map((daemon) => (
          <li key={daemon.name}>
            <span>{daemon.name}</span>
            {daemon.online ? (
              <span class="verdict is-ok">✓ {t("overview.daemonRuns")}</span>
            ) : (
              <span class="verdict is-failed">
                ✕ {t("overview.daemonSilent")} <Since time={daemon.heartbeat} />
              </span>
            )}
            {daemon.notices.map(({ code, count }) => (
              <span key={code} class="verdict is-failed">
                ! {t("overview.historyDamaged", { count })}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}
