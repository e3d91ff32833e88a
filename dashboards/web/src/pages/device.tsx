// SPDX-License-Identifier: GPL-3.0-or-later
// device.tsx - one SNMP agent: identity, interfaces, optics, backup power, neighbours, history.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { segment } from "../api/client";
import type { AssetChange, DeviceDetail, Entity, Neighbour, Page } from "../api/types";
import { useTexts, useTitle } from "../context";
import { formatDuration, formatNumber, formatValue } from "../format";
import { groupGraphs } from "../model/graphs";
import { firstNumber, hasAny, numberOf } from "../model/values";
import { linkTo } from "../router";
import { Charts } from "../ui/chart_panel";
import { FirmwareLine, SupportLine } from "../ui/firmware";
import { LineIcon } from "../ui/icons";
import { DateTime, ErrorNote, Facts, Loading, Muted, ReasonText, Section, Since, StateText } from "../ui/parts";
import { PollNow } from "../ui/poll_now";
import { Table, TableFrame, type Column } from "../ui/table";
import { Vanished } from "../ui/vanished";
import { KindText, SinceLine, useEntityName } from "./hotspot";
import { useCityEvent, useData } from "./use_data";

const REFRESH_MS = 10_000;
const OPTIC_METRICS = ["optic.rx_power", "optic.tx_power"];
const UPS_METRICS = ["ups.charge", "ups.output_source", "ups.runtime"];
const SHOWN_ELSEWHERE = ["interface.", "optic.", "ups."];

export function DevicePage({ id }: { id: string }) {
  const base = `/devices/${segment(id)}`;
  const { data, problem, reload } = useData<DeviceDetail>(base, REFRESH_MS);
  const entities = useData<Page<Entity>>(`${base}/entities?limit=1000`, REFRESH_MS);
  useCityEvent(reload, ({ thing }) => thing === id);
  const nameOf = useEntityName();
  useTitle(data?.name || id);
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  const items = entities.data?.items ?? [];
  return (
    <div class="page">
      <Head device={data} reload={reload} />
      <div class="columns">
        <div class="columns__main">
          <Ups items={items} />
          <Charts families={groupGraphs(data.graphs, items, nameOf(items))} things={[id]} />
          {data.kind === "controller" ? <Vanished base={base} /> : null}
          <Optics items={items} />
          <Interfaces items={items} />
          <OtherValues items={items} isLoaded={entities.data !== null} />
        </div>
        <div class="columns__side">
          <Identity device={data} />
          <Changes base={base} serial={data.serial} version={data.version} />
          <Tree device={data} />
          <Neighbours base={base} />
        </div>
      </div>
    </div>
  );
}

function Head({ device, reload }: { device: DeviceDetail; reload: () => void }) {
  const { t, language } = useTexts();
  return (
    <header class="page-head">
      <div>
        <p class="crumb">
          <a href={linkTo("devices")}>{t("device.list")}</a> <LineIcon name="right" size={14} /> <KindText kind={device.kind} />
        </p>
        <h1>{device.name || device.id}</h1>
        <p class="muted">{device.site_name}</p>
        <PollNow path={`/devices/${segment(device.id)}`} onDone={reload} />
      </div>
      <div class={`state-card is-${device.state}`} role="status">
        <strong>
          <StateText state={device.state} size={26} />
        </strong>
        <ReasonText reason={device.reason} />
        <SinceLine since={device.since} />
        {device.incident ? (
          <a href={linkTo("incidents", device.incident)}>
            {t("incident.what")} {device.incident}
          </a>
        ) : null}
      </div>
      <div class="figure-card">
        <strong>{formatNumber(device.hotspots, language)}</strong>
        <span>{t("device.hotspots")}</span>
      </div>
    </header>
  );
}

function Identity({ device }: { device: DeviceDetail }) {
  const { t } = useTexts();
  const notes = pollingNotes(device.polling).map((note) => t(note.text, { count: note.count }));
  return (
    <Section title={t("device.identity")} id="identity">
      <Facts
        items={[
          [t("hotspot.id"), device.id],
          [t("device.address"), `${device.address}:${device.port}`],
          [t("device.vendor"), device.vendor],
          [t("device.model"), device.model],
          [t("device.version"), <FirmwareLine version={device.version} status={device.firmware} rule={device.rule} />],
          ...(device.rule?.end_of_support ? [[t("inventory.support"), <SupportLine rule={device.rule} status={device.support} />] as const] : []),
          [t("device.serial"), device.serial],
          [t("device.uptime"), <Running device={device} />],
          [t("device.site"), device.site_name],
          [t("device.profile"), device.profiles.join(", ") || null],
          [t("device.lastAnswer"), <Since time={device.last_poll} />],
          ...(notes.length ? [[t("device.polling"), notes.join(" ")] as const] : []),
        ]}
      />
    </Section>
  );
}

/** What about polling this device is not as with every other one. */
function pollingNotes(polling: DeviceDetail["polling"]) {
  const least = Math.min(polling.get_varbinds ?? Infinity, polling.bulk_varbinds ?? Infinity);
  return [
    ...(polling.is_walk_broken ? [{ text: "device.polling.broken" as const, count: 0 }] : []),
    ...(polling.slowed ? [{ text: "device.polling.slowed" as const, count: polling.slowed }] : []),
    ...(Number.isFinite(least) ? [{ text: "device.polling.small" as const, count: least }] : []),
  ];
}

/** A device that does not answer runs since nobody knows when. */
function Running({ device }: { device: DeviceDetail }) {
  const { language } = useTexts();
  if (device.booted === null) return <span>–</span>;
  return (
    <span class="two-lines">
      <DateTime time={device.booted} />
      <span class="muted">{formatDuration(device.uptime_s, language)}</span>
    </span>
  );
}

function Changes({ base, serial, version }: { base: string; serial: string | null; version: string | null }) {
  const { t, code } = useTexts();
  const { data, problem, reload } = useData<{ items: AssetChange[] }>(`${base}/changes`);
  useEffect(reload, [serial, version]);
  return (
    <Section title={t("device.changes")} id="changes">
      {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {data?.items.length === 0 ? <Muted>{t("device.changesNone")}</Muted> : null}
      <ul class="log">
        {(data?.items ?? []).map((change) => (
          <li key={`${change.at} ${change.entity} ${change.what}`}>
            <span class="two-lines">
              <span>
                <strong>{code("device.change", change.what)}</strong> {change.entity ? <span class="muted">{change.entity}</span> : null}
              </span>
              <span>{t("device.change.fromTo", { before: change.before, after: change.after })}</span>
              <span class="muted">
                <DateTime time={change.at} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Tree({ device }: { device: DeviceDetail }) {
  const { t } = useTexts();
  return (
    <Section title={t("hotspot.uplink")} id="uplink" actions={<a href={`${linkTo("topology")}?at=${encodeURIComponent(device.id)}`}>{t("topology.show")}</a>}>
      <Facts
        items={[
          [t("device.uplink"), device.uplink ? <a href={linkTo("devices", device.uplink)}>{device.uplink}</a> : null],
          [t("device.port"), device.uplink_port],
          [t("device.power"), device.power ? <a href={linkTo("devices", device.power)}>{device.power}</a> : null],
        ]}
      />
      {device.children.length > 0 ? (
        <details class="chart__table">
          <summary>
            {t("device.children")} ({device.children.length})
          </summary>
          <ul class="chain is-flat">
            {device.children.map((child) => (
              <li key={child.id}>
                <StateText state={child.state} />
                <a href={linkTo("devices", child.id)}>{child.name || child.id}</a>
                <KindText kind={child.kind} />
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Section>
  );
}

function useValue() {
  const { language } = useTexts();
  return (entity: Entity, metric: string, unit: string): string => formatValue(numberOf(entity, metric), unit, language);
}

function EntityTable({ title, id, items, columns }: { title: string; id: string; items: readonly Entity[]; columns: Column<Entity>[] }) {
  const { t } = useTexts();
  if (items.length === 0) return null;
  return (
    <Section title={title} id={id}>
      <Table caption={title} columns={columns} rows={items} rowId={(row) => row.id} portion={60} empty={t("device.none")} />
    </Section>
  );
}

function numberColumn(id: string, title: string, metric: string, cell: (row: Entity) => ComponentChildren): Column<Entity> {
  return { id, title, isNumber: true, key: (row) => numberOf(row, metric), cell };
}

function Interfaces({ items }: { items: readonly Entity[] }) {
  const { t } = useTexts();
  const value = useValue();
  const rows = items.filter((entity) => entity.kind === "interface");
  const columns: Column<Entity>[] = [
    {
      id: "name",
      title: t("device.interface"),
      isHead: true,
      key: (row) => row.name,
      cell: (row) => (
        <span>
          {row.name || row.id} <span class="muted">{row.attributes["alias"] ?? ""}</span>
        </span>
      ),
    },
    { id: "oper", title: t("device.status"), key: (row) => operOf(row), cell: (row) => <Oper oper={operOf(row)} /> },
    numberColumn("speed", t("device.speed"), "interface.speed", (row) => value(row, "interface.speed", "bit/s")),
    numberColumn("in", t("device.in"), "interface.in", (row) => value(row, "interface.in", "bit/s")),
    numberColumn("out", t("device.out"), "interface.out", (row) => value(row, "interface.out", "bit/s")),
    numberColumn("errors", t("device.errors"), "interface.in_errors", (row) => value(row, "interface.in_errors", "1/s")),
  ];
  return <EntityTable title={t("device.interfaces")} id="interfaces" items={rows} columns={columns} />;
}

/** ifOperStatus, RFC 2863. */
const OPER = ["", "up", "down", "testing", "unknown", "dormant", "notPresent", "lowerLayerDown"];

function operOf(entity: Entity): string {
  return entity.attributes["oper"] ?? OPER[numberOf(entity, "interface.oper") ?? 4] ?? "unknown";
}

function Oper({ oper }: { oper: string }) {
  const { code } = useTexts();
  const mark = oper === "up" ? "▲" : oper === "unknown" ? "?" : "▼";
  return (
    <span class={`oper is-${oper}`}>
      <span aria-hidden="true">{mark}</span> {code("oper", oper)}
    </span>
  );
}

function Optics({ items }: { items: readonly Entity[] }) {
  const { t } = useTexts();
  const value = useValue();
  const rows = items.filter((entity) => hasAny(entity, OPTIC_METRICS));
  const columns: Column<Entity>[] = [
    { id: "name", title: t("device.port"), isHead: true, key: (row) => row.name, cell: (row) => row.name || row.id },
    numberColumn("rx", t("device.rx"), "optic.rx_power", (row) => value(row, "optic.rx_power", "dBm")),
    numberColumn("tx", t("device.tx"), "optic.tx_power", (row) => value(row, "optic.tx_power", "dBm")),
    numberColumn("bias", t("device.bias"), "optic.bias", (row) => value(row, "optic.bias", "A")),
    numberColumn("temperature", t("device.temperature"), "optic.temperature", (row) => value(row, "optic.temperature", "Cel")),
  ];
  return <EntityTable title={t("device.optics")} id="optics" items={rows} columns={columns} />;
}

/** upsOutputSource, RFC 1628: 3 normal, 5 battery. */
function useSource(): (source: number | null) => string {
  const { t } = useTexts();
  return (source) => {
    if (source === 3) return t("device.ups.mains");
    if (source === 5) return t("device.ups.battery");
    return source === null ? "–" : t("device.ups.other", { number: source });
  };
}

/** The values lie on the UPS itself, its inputs and its outputs. */
function Ups({ items }: { items: readonly Entity[] }) {
  const { t, language } = useTexts();
  const sourceText = useSource();
  const ups = items.filter((entity) => entity.kind === "ups" || hasAny(entity, UPS_METRICS));
  if (!ups.some((entity) => hasAny(entity, UPS_METRICS))) return null;
  const number = (metric: string) => firstNumber(ups, metric);
  const value = (metric: string, unit: string) => formatValue(number(metric), unit, language);
  const isOnBattery = number("ups.output_source") === 5;
  return (
    <Section title={t("device.ups")} id="ups">
      {isOnBattery ? <p class="note is-warning">{t("device.ups.onBattery", { runtime: value("ups.runtime", "s") })}</p> : null}
      <Facts
        items={[
          [t("device.ups.source"), sourceText(number("ups.output_source"))],
          [t("device.ups.charge"), value("ups.charge", "%")],
          [t("device.ups.runtime"), value("ups.runtime", "s")],
          [t("device.ups.load"), value("ups.load", "%")],
          [t("device.ups.input"), value("ups.input_voltage", "V")],
          [t("device.ups.batteryVoltage"), value("ups.battery_voltage", "V")],
        ]}
      />
    </Section>
  );
}

function OtherValues({ items, isLoaded }: { items: readonly Entity[]; isLoaded: boolean }) {
  const { t, code, language } = useTexts();
  const rows = items.flatMap((entity) =>
    entity.values
      .filter((value) => !SHOWN_ELSEWHERE.some((prefix) => value.metric.startsWith(prefix)))
      .map((value) => ({ entity, value })),
  );
  const columns: Column<(typeof rows)[number]>[] = [
    { id: "entity", title: t("device.entity"), isHead: true, key: (row) => row.entity.name, cell: (row) => row.entity.name || row.entity.id },
    { id: "metric", title: t("device.metric"), key: (row) => row.value.metric, cell: (row) => code("metric", row.value.metric) },
    {
      id: "value",
      title: t("device.value"),
      isNumber: true,
      cell: (row) => (
        <span title={row.value.reason ?? undefined}>
          {formatValue(row.value.value, row.value.unit, language)}
          {row.value.quality === "unknown" && row.value.reason ? <span class="muted"> {code("quality", row.value.reason)}</span> : null}
        </span>
      ),
    },
    { id: "age", title: t("hotspot.age"), isMinor: true, cell: (row) => <Since time={row.value.at} /> },
  ];
  if (!isLoaded) return <Loading />;
  if (items.length === 0) return <Muted>{t("device.none")}</Muted>;
  if (rows.length === 0) return null;
  return (
    <Section title={t("device.values")} id="values">
      <Table caption={t("device.values")} columns={columns} rows={rows} rowId={(row) => `${row.entity.id} ${row.value.metric}`} portion={60} empty={t("device.none")} />
    </Section>
  );
}

function neighbourLink(each: Neighbour): ComponentChildren {
  if (each.device) return <a href={linkTo("devices", each.device)}>{each.system_name || each.device}</a>;
  return each.hotspot ? <a href={linkTo("hotspots", each.hotspot)}>{each.system_name || each.hotspot}</a> : each.system_name;
}

function Neighbours({ base }: { base: string }) {
  const { t } = useTexts();
  const { data } = useData<Page<Neighbour>>(`${base}/neighbours?limit=200`);
  return (
    <Section title={t("device.neighbours")} id="neighbours">
      {!data || data.items.length === 0 ? (
        <Muted>{t("device.noNeighbours")}</Muted>
      ) : (
        <TableFrame label={t("device.neighbours")} scroll="is-short" isPlain={true}>
          <thead>
            <tr>
              <th scope="col">{t("device.interface")}</th>
              <th scope="col">{t("device.neighbour")}</th>
              <th scope="col">{t("device.remotePort")}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((each, index) => (
              <tr key={index}>
                <th scope="row">{each.entity}</th>
                <td>{neighbourLink(each)}</td>
                <td>{each.port_id || each.port_descr}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Section>
  );
}
