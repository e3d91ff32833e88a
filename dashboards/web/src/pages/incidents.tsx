// SPDX-License-Identifier: GPL-3.0-or-later
// incidents.tsx - the incident console: what is open, most urgent first, and what was.

import { useMemo } from "preact/hooks";
import type { Incident, Page } from "../api/types";
import { timeOf, useApp, useTexts, useTitle } from "../context";
import { formatDuration, formatNumber } from "../format";
import { linkTo, replaceQuery, type Route } from "../router";
import { useStore, type Store } from "../store";
import { memberCount } from "../ui/incident_list";
import { DateTime, ErrorNote, Loading, Severity, Since, ThingLink } from "../ui/parts";
import { Table, type Column } from "../ui/table";
import { useCityEvent, useData } from "./use_data";

const SEVERITIES = ["critical", "major", "minor", "warning", "indeterminate", "cleared"];
const CLOSED_SHOWN = 200;

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
      </div>
      {isClosed ? <ClosedIncidents /> : <OpenIncidents />}
    </div>
  );
}

function OpenIncidents() {
  const { t, language } = useTexts();
  const { city } = useApp();
  const incidents = useStore(city.incidents);
  const isLoaded = useStore(city.isLoaded);
  if (!isLoaded) return <Loading />;
  return (
    <section class="panel" aria-labelledby="open-count">
      <p id="open-count" class="panel__count" role="status" data-count={incidents.size}>
        {t("incident.countOpen", { count: formatNumber(incidents.size, language) })}
      </p>
      <IncidentTable incidents={[...incidents.values()]} isClosed={false} />
    </section>
  );
}

function ClosedIncidents() {
  const { t, language } = useTexts();
  const { data, problem, reload } = useData<Page<Incident>>(`/incidents?status=closed&limit=${CLOSED_SHOWN}`);
  useCityEvent(reload, ({ incident }) => incident !== undefined);
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <section class="panel" aria-labelledby="closed-count">
      <p id="closed-count" class="panel__count" role="status">
        {t("incident.countClosed", { count: formatNumber(data.items.length, language) })}
      </p>
      <IncidentTable incidents={data.items} isClosed={true} />
    </section>
  );
}

function IncidentTable({ incidents, isClosed }: { incidents: readonly Incident[]; isClosed: boolean }) {
  const { t } = useTexts();
  const columns = useColumns(isClosed);
  return (
    <Table
      caption={t("incident.title")}
      columns={columns}
      rows={incidents}
      rowId={(row) => row.id}
      initialSort={isClosed ? { column: "opened", descending: true } : { column: "severity" }}
      empty={t(isClosed ? "incident.noneClosed" : "incident.noneOpen")}
    />
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
        key: (row) => SEVERITIES.indexOf(row.severity) - Math.min(0.99, row.priority / 1e6),
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
      { id: "members", title: t("incident.members"), isNumber: true, key: memberCount, cell: (row) => formatNumber(memberCount(row), language) },
      { id: "priority", title: t("incident.priority"), isNumber: true, isMinor: true, key: (row) => row.priority, cell: (row) => formatNumber(row.priority, language) },
      { id: "operator", title: t("incident.operator"), key: (row) => row.operator.state, cell: (row) => code("operator", row.operator.state) },
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
