// SPDX-License-Identifier: GPL-3.0-or-later
// funnel.tsx - how people get on-line, step by step, as sensors see it: city, hotspots, and networks that imitate ours.

import { useTexts, useTitle } from "../context";
import { formatDateTime, formatNumber, formatShare, formatValue } from "../format";
import { cityPhases, funnelRows, type FunnelRow, type FunnelView, type Imitator } from "../model/funnel";
import { linkTo } from "../router";
import { ErrorNote, Facts, Loading, Muted, Section } from "../ui/parts";
import { Table, type Column } from "../ui/table";
import { useData } from "./use_data";

const REFRESH_MS = 30_000;

export function FunnelPage() {
  const { t } = useTexts();
  const { data, problem, reload } = useData<FunnelView>("/funnel", REFRESH_MS);
  useTitle(t("funnel.title"));
  return (
    <div class="page">
      <div class="page-head is-plain">
        <h1>{t("funnel.title")}</h1>
      </div>
      <p class="lead">{t("funnel.lead")}</p>
      {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {!data && !problem ? <Loading /> : null}
      {data && data.sensors.length === 0 ? <p class="note is-info">{t("funnel.absent")}</p> : null}
      {data && data.sensors.length > 0 ? <Figures view={data} /> : null}
    </div>
  );
}

function Figures({ view }: { view: FunnelView }) {
  const rows = funnelRows(view);
  return (
    <>
      <City view={view} />
      <Hotspots rows={rows} />
      <Sensors view={view} />
    </>
  );
}

function City({ view }: { view: FunnelView }) {
  const { t, code, language } = useTexts();
  const phases = cityPhases(view);
  return (
    <Section title={t("funnel.city")} id="funnel-city">
      {phases.length === 0 ? (
        <Muted>{t("funnel.none")}</Muted>
      ) : (
        <ul class="self-bars">
          {phases.map((phase) => (
            <li key={phase.phase}>
              <span class="self-bar__name">{code("funnel.phase", phase.phase)}</span>
              <Bar share={phase.success / phase.attempts} />
              <span>
                {t("funnel.of", {
                  share: formatShare(phase.success / phase.attempts, language),
                  attempts: formatNumber(phase.attempts, language),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Muted>{t("funnel.privacy")}</Muted>
    </Section>
  );
}

/** The number stands beside it. */
function Bar({ share }: { share: number }) {
  return (
    <svg class="share-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="self-bar__track" x="0" y="0" width="100" height="8" />
      <rect class="self-bar__used" x="0" y="0" width={Math.max(0, Math.min(1, share)) * 100} height="8" />
    </svg>
  );
}

function Hotspots({ rows }: { rows: readonly FunnelRow[] }) {
  const { t, code, language } = useTexts();
  const count = (value: number | null) => formatNumber(value, language);
  const time = (value: number | null) => formatValue(value, "s", language);
  const columns: ReadonlyArray<Column<FunnelRow>> = [
    {
      id: "name",
      title: t("funnel.hotspot"),
      isHead: true,
      key: (row) => row.name,
      cell: (row) => (row.isElsewhere ? t("funnel.elsewhere", { name: row.name }) : <a href={linkTo("hotspots", row.id)}>{row.name}</a>),
    },
    { id: "phase", title: t("funnel.step"), key: (row) => code("funnel.phase", row.phase), cell: (row) => code("funnel.phase", row.phase) },
    {
      id: "blamed",
      title: t("funnel.blamed"),
      key: (row) => (row.blamed ? 0 : 1),
      cell: (row) => (row.blamed ? <strong>▲ {t("funnel.isBlamed")}</strong> : "–"),
    },
    {
      id: "success",
      title: t("funnel.success"),
      isNumber: true,
      key: (row) => row.success,
      cell: (row) => formatShare(row.success === null ? null : row.success / 100, language),
    },
    { id: "attempts", title: t("funnel.attempts"), isNumber: true, key: (row) => row.attempts, cell: (row) => count(row.attempts) },
    { id: "p50", title: t("funnel.median"), isNumber: true, key: (row) => row.p50, cell: (row) => time(row.p50) },
    { id: "p95", title: t("funnel.p95"), isNumber: true, key: (row) => row.p95, cell: (row) => time(row.p95) },
    ...(["failed_silence", "failed_pool", "failed_refused", "failed_name", "failed_server"] as const).map((cause) => ({
      id: cause,
      title: code("funnel.cause", cause),
      isNumber: true,
      key: (row: FunnelRow) => row[cause],
      cell: (row: FunnelRow) => count(row[cause]),
    })),
  ];
  return (
    <Section title={t("funnel.hotspots")} id="funnel-hotspots">
      <p>{t("funnel.explain")}</p>
      <Table
        caption={t("funnel.hotspots")}
        columns={columns}
        rows={rows}
        rowId={(row) => `${row.id}/${row.phase}`}
        initialSort={{ column: "success" }}
        empty={t("funnel.none")}
      />
    </Section>
  );
}

function Sensors({ view }: { view: FunnelView }) {
  const { t, language } = useTexts();
  const perSecond = (value: number | null | undefined) => `${formatNumber(value, language, 1)} /s`;
  return (
    <>
      {view.sensors.map((sensor) => (
        <Section key={sensor.id} title={sensor.name} id={`sensor-${sensor.id}`}>
          {sensor.at === null ? (
            <Muted>{t("funnel.silent")}</Muted>
          ) : (
            <>
              <Facts
                items={[
                  [t("funnel.rogueDhcp"), formatNumber(sensor.rogue_dhcp, language)],
                  [t("funnel.rogueRouter"), formatNumber(sensor.rogue_ra, language)],
                  [t("funnel.imitatorCount"), formatNumber(sensor.imitators_seen, language)],
                  [t("funnel.frames"), perSecond(sensor.frames)],
                  [t("funnel.dropped"), perSecond(sensor.dropped)],
                  [t("funnel.arp"), perSecond(sensor.arp)],
                  [t("funnel.withheld"), formatNumber(sensor.withheld, language)],
                ]}
              />
              <Imitators rows={sensor.imitators} />
            </>
          )}
        </Section>
      ))}
    </>
  );
}

function Imitators({ rows }: { rows: readonly Imitator[] }) {
  const { t, code, language } = useTexts();
  const columns: ReadonlyArray<Column<Imitator>> = [
    { id: "ssid", title: t("funnel.ssid"), isHead: true, key: (row) => row.ssid, cell: (row) => row.ssid },
    { id: "bssid", title: "BSSID", key: (row) => row.bssid, cell: (row) => <code>{row.bssid}</code> },
    { id: "why", title: t("funnel.why"), key: (row) => row.why, cell: (row) => code("funnel.imitation", row.why) },
    { id: "channel", title: t("funnel.channel"), isNumber: true, key: (row) => Number(row.channel), cell: (row) => (row.channel === "0" ? "–" : row.channel) },
    { id: "signal", title: t("funnel.signal"), isNumber: true, key: (row) => row.signal, cell: (row) => formatValue(row.signal, "dBm", language) },
    { id: "first", title: t("funnel.first"), key: (row) => Number(row.first_seen), cell: (row) => formatDateTime(Number(row.first_seen) * 1000, language) },
  ];
  return (
    <Table
      caption={t("funnel.imitators")}
      columns={columns}
      rows={rows}
      rowId={(row) => `${row.bssid}/${row.ssid_hex}`}
      initialSort={{ column: "signal", descending: true }}
      empty={t("funnel.noImitator")}
    />
  );
}

