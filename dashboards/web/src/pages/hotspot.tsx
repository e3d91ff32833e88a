// SPDX-License-Identifier: GPL-3.0-or-later
// hotspot.tsx - everything about one hotspot: how it is, why, since when, how it was.

import type { Availability, Entity, Hotspot, HotspotDetail, Incident, Page } from "../api/types";
import { segment } from "../api/client";
import { timeOf, useApp, useTexts, useTitle } from "../context";
import { formatDateTime, formatDuration, formatNumber, formatValue } from "../format";
import { groupGraphs } from "../model/graphs";
import { bandOfEntity, radioRows, type RadioRow } from "../model/radios";
import { probeRows } from "../model/values";
import { linkTo } from "../router";
import { useStore } from "../store";
import { AvailabilityBar } from "../ui/availability";
import { Charts } from "../ui/chart_panel";
import { IncidentList } from "../ui/incident_list";
import { FirmwareLine } from "../ui/firmware";
import { LineIcon } from "../ui/icons";
import { ErrorNote, Facts, Loading, Muted, ReasonText, Section, Since, StateText } from "../ui/parts";
import { PollNow } from "../ui/poll_now";
import { TableFrame } from "../ui/table";
import { Way } from "../ui/way";
import { useCityEvent, useData } from "./use_data";

const REFRESH_MS = 10_000;

export function HotspotPage({ id }: { id: string }) {
  const { t } = useTexts();
  const live = useStore(useApp().city.hotspots).get(id);
  const { data, problem, reload } = useData<HotspotDetail>(`/hotspots/${segment(id)}`, REFRESH_MS);
  useCityEvent(reload, ({ thing, members }) => thing === id || (members?.includes(id) ?? false));
  const nameOf = useEntityName();
  useTitle(data?.name ?? t("list.title"));
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <div class="page">
      <HotspotHead hotspot={{ ...data, ...live }} reload={reload} />
      <div class="columns">
        <div class="columns__main">
          <Charts families={groupGraphs(data.graphs, data.entities, nameOf(data.entities))} things={[id]} />
          <AvailabilitySection id={id} />
        </div>
        <div class="columns__side">
          <Way path={data.path} />
          <Probes detail={data} />
          <Hardware detail={data} />
          <Radios detail={data} />
          <Master detail={data} />
          <IncidentsOf id={id} />
        </div>
      </div>
    </div>
  );
}

/** SSIDs have the same name on both radios, so the band stands behind it. */
export function useEntityName(): (entities: readonly Entity[]) => (entity: Entity) => string {
  const { t, language } = useTexts();
  return (entities) => (entity) => {
    const name = entity.name || entity.id;
    const band = bandOfEntity(entity, entities);
    const where = band === null ? entity.attributes["radio"] : t("hotspot.band", { band: formatNumber(band, language, 1) });
    const parts = [name, entity.attributes["alias"], where];
    return parts.filter(Boolean).join(" · ");
  };
}

function HotspotHead({ hotspot, reload }: { hotspot: Hotspot; reload: () => void }) {
  const { t, language } = useTexts();
  return (
    <header class="page-head">
      <div>
        <p class="crumb">
          <a href={linkTo("map")}>{t("nav.map")}</a> <LineIcon name="right" size={14} /> {hotspot.district_name}
        </p>
        <h1>{hotspot.name}</h1>
        <p class="muted">{hotspot.site_name}</p>
        {hotspot.device ? <PollNow path={`/hotspots/${segment(hotspot.id)}`} onDone={reload} /> : null}
      </div>
      <div class={`state-card is-${hotspot.state}`} role="status">
        <strong>
          <StateText state={hotspot.state} size={26} />
        </strong>
        <ReasonText reason={hotspot.reason} />
        <SinceLine since={hotspot.since} />
        {hotspot.incident ? <a href={linkTo("incidents", hotspot.incident)}>{t("incident.what")} {hotspot.incident}</a> : null}
      </div>
      <div class="figure-card">
        <strong>{formatNumber(hotspot.clients, language)}</strong>
        <span>{t("hotspot.clientsNow")}</span>
      </div>
    </header>
  );
}

export function SinceLine({ since }: { since: string | null }) {
  const { t, language } = useTexts();
  const now = useStore(useApp().now);
  const at = timeOf(since);
  if (at === null) return null;
  return <span>{t("hotspot.since", { time: formatDateTime(at, language), duration: formatDuration((now - at) / 1000, language) })}</span>;
}

function AvailabilitySection({ id }: { id: string }) {
  const { t } = useTexts();
  const { data, problem, reload } = useData<Availability>(`/hotspots/${segment(id)}/availability?days=90`);
  return (
    <Section title={t("hotspot.availability")} id="availability">
      {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {data ? <AvailabilityBar availability={data} /> : null}
    </Section>
  );
}

function Hardware({ detail }: { detail: HotspotDetail }) {
  const { t } = useTexts();
  const known = detail.hardware;
  return (
    <Section title={t("hotspot.hardware")} id="hardware">
      {known === null ? <Muted>{t("hotspot.hardwareNone")}</Muted> : null}
      <Facts
        items={[
          [t("hotspot.device"), detail.device ? <a href={linkTo("devices", detail.device)}>{detail.device}</a> : null],
          [t("device.vendor"), known?.vendor],
          [t("device.model"), known?.model],
          ...(known ? [[t("device.version"), <FirmwareLine version={known.version} status={known.firmware} rule={known.rule} />] as const] : []),
          [t("device.serial"), known?.serial],
        ]}
      />
    </Section>
  );
}

export function KindText({ kind }: { kind: string }) {
  const { code } = useTexts();
  return <span class="muted">{code("device.kind", kind)}</span>;
}

function Probes({ detail }: { detail: HotspotDetail }) {
  const { t, code, language } = useTexts();
  const rows = detail.probes.flatMap(probeRows);
  return (
    <Section title={t("hotspot.probes")} id="probes">
      {rows.length === 0 ? (
        <Muted>{t("hotspot.probe.none")}</Muted>
      ) : (
        <TableFrame label={t("hotspot.probes")} isPlain={true}>
          <thead>
            <tr>
              <th scope="col">{t("hotspot.probe")}</th>
              <th scope="col">{t("hotspot.result")}</th>
              <th scope="col" class="is-number">{t("hotspot.duration")}</th>
              <th scope="col" class="is-number">{t("hotspot.age")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.kind}>
                <th scope="row">{row.kind === "icmp" ? <a href={linkTo("smoke", detail.id)}>{code("hotspot.probe", row.kind)}</a> : code("hotspot.probe", row.kind)}</th>
                <td>
                  <Verdict verdict={row.verdict} />
                  {row.loss ? <span class="muted"> {t("hotspot.loss")} {formatValue(row.loss, "%", language)}</span> : null}
                </td>
                <td class="is-number">{formatValue(row.time, "s", language)}</td>
                <td class="is-number">
                  <Since time={row.at} />
                </td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Section>
  );
}

function Verdict({ verdict }: { verdict: "ok" | "failed" | "unknown" }) {
  const { t } = useTexts();
  if (verdict === "ok") return <span class="verdict is-ok">✓ {t("hotspot.ok")}</span>;
  if (verdict === "failed") return <span class="verdict is-failed">✕ {t("hotspot.failed")}</span>;
  return <span class="verdict">? {t("state.unknown")}</span>;
}

function Radios({ detail }: { detail: HotspotDetail }) {
  const { t, language } = useTexts();
  const radios = radioRows(detail.entities);
  const nameOf = ({ band, name }: RadioRow) => (band === null ? name : t("hotspot.band", { band: formatNumber(band, language, 1) }));
  return (
    <Section title={t("hotspot.radios")} id="radios">
      {radios.length === 0 ? (
        <Muted>{t("hotspot.noRadios")}</Muted>
      ) : (
        <TableFrame label={t("hotspot.radios")} scroll="is-free" isPlain={true}>
          <thead>
            <tr>
              <th scope="col">{t("hotspot.radio")}</th>
              <th scope="col" class="is-number">{t("hotspot.channel")}</th>
              <th scope="col" class="is-number">{t("hotspot.utilization")}</th>
              <th scope="col" class="is-number">{t("list.clients")}</th>
              <th scope="col" class="is-number">{t("hotspot.txPower")}</th>
              <th scope="col" class="is-number">{t("hotspot.noise")}</th>
            </tr>
          </thead>
          <tbody>
            {radios.map((radio) => (
              <tr key={radio.id}>
                <th scope="row" title={radio.name}>
                  {nameOf(radio)}
                </th>
                <td class="is-number">{formatNumber(radio.channel, language)}</td>
                <td class="is-number">{formatValue(radio.utilization, "%", language)}</td>
                <td class="is-number">{formatNumber(radio.clients, language)}</td>
                <td class="is-number">{formatValue(radio.txPower, "dBm", language)}</td>
                <td class="is-number">{formatValue(radio.noise, "dBm", language)}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Section>
  );
}

function Master({ detail }: { detail: HotspotDetail }) {
  const { t, language } = useTexts();
  const position = `${formatNumber(detail.lat, language, 5)} N, ${formatNumber(detail.lon, language, 5)} ${language === "de" ? "O" : "E"}`;
  return (
    <Section title={t("hotspot.facts")} id="facts">
      <Facts
        items={[
          [t("hotspot.id"), detail.id],
          [t("list.site"), detail.site_name],
          [t("hotspot.district"), detail.district_name],
          [t("hotspot.position"), position],
        ]}
      />
    </Section>
  );
}

function IncidentsOf({ id }: { id: string }) {
  const { t } = useTexts();
  const { data, problem, reload } = useData<Page<Incident>>(`/incidents?member=${segment(id)}&limit=20`);
  useCityEvent(reload, ({ members }) => members?.includes(id) ?? false);
  return (
    <Section title={t("hotspot.incidents")} id="incidents">
      {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {data && data.items.length === 0 ? <Muted>{t("hotspot.noIncidents")}</Muted> : null}
      {data ? <IncidentList incidents={data.items} /> : null}
    </Section>
  );
}

