// SPDX-License-Identifier: GPL-3.0-or-later
// incidents.tsx - the incident console: what is open, whom it hits hardest first, and what was. The filters live in the
// address; the keyboard walks the list and acts on the incident that has the focus.

import { useMemo, useState } from "preact/hooks";
import { newKey, segment } from "../api/client";
import type { Incident, Page } from "../api/types";
import { timeOf, useApp, useNow, useTexts, useTitle } from "../context";
import { formatDuration, formatNumber } from "../format";
import { SEVERITIES, filterIncidents, incidentFilterFrom, placesOf, type IncidentFilter } from "../model/incidents";
import { mayAct } from "../model/role";
import { linkTo, replaceQuery, type Route } from "../router";
import { useStore, type Store } from "../store";
import { memberCount } from "../ui/incident_list";
import { DateTime, ErrorNote, Loading, Severity, Since, ThingLink } from "../ui/parts";
import { Shortcuts, type Shortcut } from "../ui/shortcuts";
import { Table, type Column } from "../ui/table";
import { useCityEvent, useData } from "./use_data";

const CLOSED_SHOWN = 1000;
const HOURS = [1, 4, 24, 168] as const;
const HANDLINGS = ["none", "acknowledged", "shelved", "closed"] as const;
const SEARCH_MAX = 100;

export function IncidentsPage({ route }: { route: Store<Route> }) {
  const { t } = useTexts();
  const { query } = useStore(route);
  const isClosed = query.get("status") === "closed";
  useTitle(t("incident.title"));
  return (
    <div class="page">
      <div class="page-head is-plain">
        <h1>{t("incident.title")}</h1>
        <fieldset class="switch">
          <legend class="kern-sr-only">{t("incident.which")}</legend>
          {(["open", "closed"] as const).map((each) => (
            <label key={each} class={(each === "closed") === isClosed ? "is-on" : undefined}>
              <input
                type="radio"
                name="status"
                checked={(each === "closed") === isClosed}
                onChange={() => replaceQuery(route, { status: each === "closed" ? "closed" : null })}
              />
              {t(each === "closed" ? "incident.closed" : "incident.open")}
            </label>
          ))}
        </fieldset>
        <ListKeys />
      </div>
      <Filters route={route} isClosed={isClosed} />
      {isClosed ? <ClosedIncidents filter={incidentFilterFrom(query)} /> : <OpenIncidents filter={incidentFilterFrom(query)} />}
    </div>
  );
}

// ---- filters

function Choice({ id, label, value, options, onChange }: { id: string; label: string; value: string; options: ReadonlyArray<readonly [string, string]>; onChange: (value: string) => void }) {
  const { t } = useTexts();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="select" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t("list.all")}</option>
        {options.map(([code, text]) => (
          <option key={code} value={code}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function Filters({ route, isClosed }: { route: Store<Route>; isClosed: boolean }) {
  const { t, code } = useTexts();
  const filter = incidentFilterFrom(useStore(route).query);
  const config = useStore(useApp().city.config);
  const set = (changes: Record<string, string>) => replaceQuery(route, changes);
  return (
    <div class="filters__row is-dense" role="search" aria-label={t("list.filter")}>
      <div class="field">
        <label for="search">{t("list.search")}</label>
        <input id="search" class="input" type="search" value={filter.text} maxLength={SEARCH_MAX} onInput={(event) => set({ q: event.currentTarget.value })} />
      </div>
      {/* what is closed is cleared, whatever it was */}
      {isClosed ? null : (
        <Choice id="severity" label={t("incident.severity")} value={filter.severity} options={SEVERITIES.slice(0, 4).map((each) => [each, code("severity", each)])} onChange={(severity) => set({ severity })} />
      )}
      <Choice id="district" label={t("list.district")} value={filter.district} options={(config?.districts ?? []).map(({ id, name }) => [id, name])} onChange={(district) => set({ district })} />
      <Choice id="handling" label={t("incident.operator")} value={filter.handling} options={HANDLINGS.map((each) => [each, code("operator", each)])} onChange={(handling) => set({ handling })} />
      <Choice
        id="assigned"
        label={t("incident.assigned")}
        value={filter.assigned}
        options={[
          ["me", t("incident.assignedMe")],
          ["nobody", t("incident.assignedNobody")],
        ]}
        onChange={(assigned) => set({ assigned })}
      />
      <Choice
        id="hours"
        label={t("incident.began")}
        value={filter.hours ? String(filter.hours) : ""}
        options={HOURS.map((each) => [String(each), each < 168 ? t("incident.withinHours", { count: each }) : t("incident.withinWeek")])}
        onChange={(hours) => set({ hours })}
      />
    </div>
  );
}

function useShown(incidents: Iterable<Incident>, filter: IncidentFilter): Incident[] {
  const { city, session } = useApp();
  const hotspots = useStore(city.hotspots);
  const topology = useStore(city.topology);
  const user = useStore(session)?.user ?? null;
  const now = useNow();
  const places = useMemo(() => (filter.district === "" ? new Map<string, string>() : placesOf(hotspots.values(), topology)), [filter.district, filter.district === "" ? null : topology]);
  return filterIncidents(incidents, filter, places, user, now);
}

// ---- lists

function OpenIncidents({ filter }: { filter: IncidentFilter }) {
  const { t, language } = useTexts();
  const { city } = useApp();
  const incidents = useStore(city.incidents);
  const isLoaded = useStore(city.isLoaded);
  const shown = useShown(incidents.values(), filter);
  if (!isLoaded) return <Loading />;
  const isAll = shown.length === incidents.size;
  return (
    <section class="panel" aria-labelledby="open-count">
      <p id="open-count" class="panel__count" role="status" data-count={incidents.size} data-shown={shown.length}>
        {isAll
          ? t("incident.countOpen", { count: formatNumber(incidents.size, language) })
          : t("incident.countShown", { shown: formatNumber(shown.length, language), count: formatNumber(incidents.size, language) })}
      </p>
      <IncidentTable incidents={shown} isClosed={false} isFiltered={!isAll} />
    </section>
  );
}

/** What the server can sift is sifted there, so that the newest ones shown are the newest of these. */
function closedPath({ handling, text }: IncidentFilter): string {
  const query = new URLSearchParams({ status: "closed", limit: String(CLOSED_SHOWN) });
  if (handling) query.set("operator", handling);
  if (text) query.set("q", text);
  return `/incidents?${query}`;
}

function ClosedIncidents({ filter }: { filter: IncidentFilter }) {
  const { t, language } = useTexts();
  const { data, problem, reload } = useData<Page<Incident>>(closedPath(filter));
  useCityEvent(reload, ({ incident }) => incident !== undefined);
  const shown = useShown(data?.items ?? [], { ...filter, severity: "" });
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <section class="panel" aria-labelledby="closed-count">
      <p id="closed-count" class="panel__count" role="status" data-shown={shown.length}>
        {t(data.next === null ? "incident.countClosed" : "incident.countNewest", { count: formatNumber(shown.length, language), newest: formatNumber(CLOSED_SHOWN, language) })}
      </p>
      <IncidentTable incidents={shown} isClosed={true} isFiltered={data.items.length > 0} />
    </section>
  );
}

function IncidentTable({ incidents, isClosed, isFiltered }: { incidents: readonly Incident[]; isClosed: boolean; isFiltered: boolean }) {
  const { t } = useTexts();
  const columns = useColumns(isClosed);
  return (
    <div class="incident-table">
      <Table
        caption={t("incident.title")}
        columns={columns}
        rows={incidents}
        rowId={(row) => row.id}
        initialSort={isClosed ? { column: "opened", descending: true } : { column: "priority", descending: true }}
        empty={t(isFiltered ? "incident.noneFound" : isClosed ? "incident.noneClosed" : "incident.noneOpen")}
      />
    </div>
  );
}

function useColumns(isClosed: boolean): Column<Incident>[] {
  const { t, code, language } = useTexts();
  return useMemo(() => {
    const lasted = (row: Incident) => (timeOf(row.closed) ?? NaN) - (timeOf(row.opened) ?? NaN);
    const columns: Column<Incident>[] = [
      {
        id: "severity",
        title: t("incident.severity"),
        // Within a severity the higher priority first.
        key: (row) => SEVERITIES.indexOf(row.severity as never) - Math.min(0.99, row.priority / 1e6),
        cell: (row) => <Severity severity={row.severity} />,
      },
      {
        id: "what",
        title: t("incident.what"),
        isHead: true,
        key: (row) => row.text[language],
        cell: (row) => (
          <span class="two-lines">
            <a href={linkTo("incidents", row.id)}>{row.text[language]}</a>
            <span class="muted">
              {t("incident.cause")}: <ThingLink kind={row.cause.kind} id={row.cause.id} name={row.cause.name} />
              {row.flapping ? ` · ${t("incident.flapping")}` : ""}
            </span>
          </span>
        ),
      },
      { id: "members", title: t("incident.members"), isNumber: true, isMinor: true, key: memberCount, cell: (row) => formatNumber(memberCount(row), language) },
      // Those that hit nobody yet come by their severity.
      { id: "priority", title: t("incident.priority"), isNumber: true, key: (row) => row.priority - SEVERITIES.indexOf(row.severity as never) / 100, cell: (row) => formatNumber(row.priority, language) },
      {
        id: "operator",
        title: t("incident.operator"),
        isMinor: true,
        key: (row) => row.operator.state,
        cell: (row) => (
          <span class="two-lines">
            <span data-operator={row.operator.state}>{code("operator", row.operator.state)}</span>
            {row.operator.assigned ? <span class="muted">{row.operator.assigned}</span> : null}
          </span>
        ),
      },
      {
        id: "opened",
        title: t("incident.since"),
        key: (row) => timeOf(row.opened),
        cell: (row) => (isClosed ? <DateTime time={row.opened} /> : <Since time={row.opened} />),
      },
    ];
    if (isClosed) {
      columns.push({
        id: "duration",
        title: t("incident.duration"),
        isNumber: true,
        key: lasted,
        cell: (row) => formatDuration(lasted(row) / 1000, language),
      });
    }
    return columns;
  }, [language, isClosed]);
}

// ---- keyboard


function focusedIncident(): string | null {
  return document.activeElement?.closest<HTMLElement>(".incident-table tr[data-id]")?.dataset["id"] ?? null;
}

/** To the link of the next row, or the one before; the first press goes to the first row. */
function moveFocus(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(".incident-table tr[data-id]")].map((row) => row.querySelector<HTMLElement>("th a"));
  const at = links.findIndex((link) => link?.closest("tr")?.contains(document.activeElement));
  links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}

function ListKeys() {
  const { t } = useTexts();
  const { client, city, session, announcement } = useApp();
  const who = useStore(session);
  const [isBusy, setBusy] = useState(false);
  const goTo = (fragment: string) => {
    const id = focusedIncident();
    if (id) location.hash = linkTo("incidents", id) + fragment;
  };
  const acknowledge = async () => {
    const id = focusedIncident();
    if (!id || isBusy || !mayAct(who)) return;
    setBusy(true);
    try {
      const command = await client.command(`/incidents/${segment(id)}/acknowledge`, {}, newKey());
      const { outcome, problem } = await city.outcomeOf(command);
      announcement.set(outcome === "refused" ? t("command.refused", { detail: problem }) : t(outcome === "done" ? "command.done" : "command.slow"));
    } catch (problem) {
      announcement.set(t("app.error", { detail: String(problem) }));
    } finally {
      setBusy(false);
    }
  };
  const shortcuts: Shortcut[] = [
    { key: "j", text: "keys.next", run: () => moveFocus(1) },
    { key: "k", text: "keys.previous", run: () => moveFocus(-1) },
    { key: "o", text: "keys.open", run: () => goTo("") },
    { key: "a", text: "incident.acknowledge", run: () => void acknowledge() },
    { key: "c", text: "incident.comment", run: () => goTo("?do=comment") },
    { key: "z", text: "incident.assign", run: () => goTo("?do=assign") },
    { key: "s", text: "incident.shelveDo", run: () => goTo("?do=shelve") },
    { key: "m", text: "incident.maintenance", run: () => goTo("?do=maintenance") },
    { key: "/", text: "list.search", run: () => document.getElementById("search")?.focus() },
  ];
  return <Shortcuts shortcuts={mayAct(who) ? shortcuts : shortcuts.filter(({ key }) => "jko/".includes(key))} />;
}
