// SPDX-License-Identifier: GPL-3.0-or-later
// devices.tsx - all SNMP agents.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Device } from "../api/types";
import { useApp, useTexts, useTitle } from "../context";
import { formatNumber } from "../format";
import { filterDevices } from "../model/filter";
import { stateFrom, stateRank } from "../model/state";
import { linkTo, replaceQuery, type Route } from "../router";
import { useStore, type Store } from "../store";
import { ErrorNote, Loading, ReasonText, Since, StateText } from "../ui/parts";
import { Table, type Column } from "../ui/table";
import { KindText } from "./hotspot";

const REFRESH_MS = 30_000;

function useDevices() {
  const { client, city } = useApp();
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const load = () => void client.list<Device>("/devices").then(setDevices, setProblem);
  useEffect(() => {
    load();
    const timer = setInterval(load, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const { states } = useStore(city.changes);
  useEffect(() => {
    const last = new Map(states.filter((event) => event.kind === "device").map((event) => [event.id, event]));
    if (last.size === 0) return;
    const changed = (each: Device): Device => {
      const event = last.get(each.id);
      return event ? { ...each, state: event.state, reason: event.reason, since: event.since, incident: event.incident } : each;
    };
    setDevices((old) => old?.map(changed) ?? null);
  }, [states]);
  return { devices, problem, load };
}

export function DevicesPage({ route }: { route: Store<Route> }) {
  const { t, code, language } = useTexts();
  const { query } = useStore(route);
  const { devices, problem, load } = useDevices();
  const kind = query.get("kind") ?? "";
  const text = query.get("q") ?? "";
  useTitle(t("device.list"));
  const shown = useMemo(() => filterDevices(devices ?? [], kind, text), [devices, kind, text]);
  const columns = useColumns();
  if (problem && !devices) return <ErrorNote problem={problem} retry={load} />;
  if (!devices) return <Loading />;
  const kinds = [...new Set(devices.map((device) => device.kind))];
  return (
    <div class="page">
      <div class="page-head is-plain">
        <h1>{t("device.list")}</h1>
        <p class="muted" role="status">
          {t("device.count", { shown: formatNumber(shown.length, language), total: formatNumber(devices.length, language) })}
        </p>
      </div>
      <div class="filters__row" role="search" aria-label={t("list.filter")}>
        <div class="field">
          <label for="search">{t("list.search")}</label>
          <input id="search" class="input" type="search" value={text} maxLength={100} onInput={(event) => replaceQuery(route, { q: event.currentTarget.value })} />
        </div>
        <div class="field">
          <label for="kind">{t("device.kind")}</label>
          <select id="kind" class="select" value={kind} onChange={(event) => replaceQuery(route, { kind: event.currentTarget.value })}>
            <option value="">{t("list.all")}</option>
            {kinds.map((each) => (
              <option key={each} value={each}>
                {code("device.kind", each)}
              </option>
            ))}
          </select>
        </div>
      </div>
      <section class="panel" aria-label={t("device.list")}>
        <Table caption={t("device.list")} columns={columns} rows={shown} rowId={(row) => row.id} initialSort={{ column: "state" }} empty={t("device.empty")} />
      </section>
    </div>
  );
}

function useColumns(): Column<Device>[] {
  const { t, language } = useTexts();
  return useMemo(
    () => [
      {
        id: "state",
        title: t("state"),
        key: (row) => stateRank(stateFrom(row.state)),
        cell: (row) => (
          <span class="two-lines">
            <StateText state={row.state} />
            <ReasonText reason={row.reason} />
          </span>
        ),
      },
      {
        id: "name",
        title: t("list.name"),
        isHead: true,
        key: (row) => row.name || row.id,
        cell: (row) => (
          <span class="two-lines">
            <a href={linkTo("devices", row.id)}>{row.name || row.id}</a>
            <span class="muted">{row.site_name}</span>
          </span>
        ),
      },
      { id: "kind", title: t("device.kind"), key: (row) => row.kind, cell: (row) => <KindText kind={row.kind} /> },
      { id: "model", title: t("device.model"), isMinor: true, key: (row) => row.model, cell: (row) => row.model ?? "–" },
      { id: "address", title: t("device.address"), isMinor: true, key: (row) => row.address, cell: (row) => row.address },
      { id: "hotspots", title: t("list.title"), isNumber: true, isMinor: true, key: (row) => row.hotspots, cell: (row) => formatNumber(row.hotspots, language) },
      { id: "last", title: t("device.lastAnswer"), isMinor: true, key: (row) => row.last_poll, cell: (row) => <Since time={row.last_poll} /> },
    ],
    [language],
  );
}
