// SPDX-License-Identifier: GPL-3.0-or-later
// self.tsx - the monitor itself: does each daemon keep up, what was rejected, late, lost or left out, how full is the disk.

import type { ComponentChildren } from "preact";
import type { Self, SelfDaemon, SelfFigure } from "../api/types";
import { timeOf, useTexts, useTitle } from "../context";
import { formatDuration, formatNumber, formatShare, formatTime, formatValue, UNKNOWN } from "../format";
import type { TextKey } from "../i18n";
import { figureAdvice, figureMeaning } from "../i18n/figures";
import { answeredWithin, LATE_S, queueOf, recentOf, restOf, shortName, troubles, workOf, worstLag, type Points, type Told } from "../model/self";
import { DateTime, ErrorNote, Loading, Muted, Section } from "../ui/parts";
import { Sparkline } from "../ui/sparkline";
import { TableFrame } from "../ui/table";
import { useData } from "./use_data";

const REFRESH_MS = 10_000;
const FULL = 0.9;

export function SelfPage() {
  const { t, language } = useTexts();
  const { data, problem, reload } = useData<Self>("/self", REFRESH_MS);
  useTitle(t("self.title"));
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <div class="page">
      <div class="page-head is-plain">
        <h1>{t("self.title")}</h1>
        <span class="muted">{t("self.at", { time: formatTime(timeOf(data.at) ?? NaN, language, true) })}</span>
      </div>
      <WorkTiles self={data} />
      <Daemons self={data} />
      <Troubles self={data} />
      <Disk disk={data.disk} />
      <Everything self={data} />
    </div>
  );
}

// ---- at a glance

function Tile({ name, value, note, verdict, points }: { name: string; value: string; note: string; verdict: "ok" | "failed" | null; points?: Points | null }) {
  const { t } = useTexts();
  return (
    <li class="tile self-tile">
      <div>
        <span class="tile__name">{name}</span>
        <strong>{value}</strong>
        <span class="tile__note">
          {verdict === null ? null : <span class={`verdict is-${verdict}`}>{verdict === "ok" ? "✓ " : "! "}</span>}
          {note}
        </span>
        {points ? <Sparkline points={points} label={t("self.lastHour", { name })} /> : null}
      </div>
    </li>
  );
}

function WorkTiles({ self }: { self: Self }) {
  const { t, language } = useTexts();
  const work = workOf(self);
  const well = self.daemons.filter((daemon) => daemon.problem === null).length;
  const isLate = (work.lateness ?? 0) > LATE_S;
  return (
    <section aria-labelledby="work">
      <h2 id="work" class="kern-sr-only">
        {t("self.work")}
      </h2>
      <ul class="tiles">
        <Tile
          name={t("self.daemons")}
          value={`${formatNumber(well, language)} / ${formatNumber(self.daemons.length, language)}`}
          note={t(well === self.daemons.length ? "self.allWell" : "self.notAllWell")}
          verdict={well === self.daemons.length ? "ok" : "failed"}
        />
        <Tile name={t("self.polls")} value={formatNumber(work.polls, language, 1)} note={t("self.pollsNote")} verdict={null} points={work.pollPoints} />
        <Tile
          name={t("self.lateness")}
          value={formatValue(work.lateness, "s", language)}
          note={t(isLate ? "self.isLate" : "self.inTime", { most: useMost(self) })}
          verdict={work.lateness === null ? null : isLate ? "failed" : "ok"}
          points={work.latenessPoints}
        />
        <Tile
          name={t("self.rejectedShare")}
          value={formatShare(work.rejectedShare, language, 2)}
          note={t("self.rejectedNote", { count: formatNumber(work.rejected, language) })}
          verdict={null}
        />
        <Tile
          name={t("self.lost")}
          value={formatNumber(work.lost, language)}
          note={t(work.lost > 0 ? "self.lostSome" : "self.lostNone")}
          verdict={work.lost > 0 ? "failed" : "ok"}
        />
      </ul>
    </section>
  );
}

/** Most polls were answered within … */
function useMost(self: Self): string {
  const { t, language } = useTexts();
  const most = answeredWithin(self.daemons.find((daemon) => daemon.name === "netzwacht-collector"), 0.99);
  if (most === null) return t("self.answeredUnknown");
  return t(most.isLonger ? "self.answeredLater" : "self.answeredWithin", { bound: formatValue(most.seconds, "s", language) });
}

// ---- daemons

const DAEMON_HEADS: readonly Head[] = [
  ["self.daemon"],
  ["self.state"],
  ["self.since", "is-minor"],
  ["self.cpu", "is-number"],
  ["self.memory", "is-number"],
  ["self.lag", "is-number"],
  ["self.queue", "is-number is-minor"],
];

function Daemons({ self }: { self: Self }) {
  const { t } = useTexts();
  const sorted = [...self.daemons].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Section title={t("self.daemons")} id="self-daemons">
      <Frame label={t("self.daemons")} heads={DAEMON_HEADS}>
        {sorted.map((daemon) => (
          <DaemonRow key={`${daemon.name} ${daemon.partition}`} daemon={daemon} />
        ))}
      </Frame>
      <Muted>{t("self.daemonsNote")}</Muted>
    </Section>
  );
}

function DaemonRow({ daemon }: { daemon: SelfDaemon }) {
  const { t, language } = useTexts();
  const lag = worstLag(daemon);
  const started = timeOf(daemon.started);
  const heard = timeOf(daemon.heartbeat) ?? NaN;
  const cpu = daemon.figures.find((figure) => figure.name === "process_cpu_seconds_total");
  return (
    <tr data-daemon={daemon.name}>
      <th scope="row">
        <span class="two-lines">
          <span>{daemon.name}</span>
          <span class="muted">{daemon.version || UNKNOWN}</span>
        </span>
      </th>
      <td>
        {daemon.problem === null ? (
          <span class="verdict is-ok">✓ {t("overview.daemonRuns")}</span>
        ) : (
          <span class="verdict is-failed">✕ {daemon.online ? daemon.problem : t("self.silent", { time: formatTime(heard, language, true) })}</span>
        )}
      </td>
      <td class="is-minor">{started === null ? UNKNOWN : <DateTime time={daemon.started} />}</td>
      <td class="is-number">
        <span class="self-spark">
          <Sparkline points={cpu?.points ?? null} label={t("self.lastHour", { name: t("self.cpu") })} />
          {formatShare(daemon.cpu, language)}
        </span>
      </td>
      <td class="is-number">{formatValue(daemon.memory_bytes, "By", language)}</td>
      <td class="is-number">
        {lag === null ? UNKNOWN : <span title={lag.partition}>{formatValue(lag.seconds, "s", language)}</span>}
      </td>
      <td class="is-number is-minor">{formatNumber(queueOf(daemon), language)}</td>
    </tr>
  );
}

type Head = readonly [key: TextKey, classes?: string];

/** A table in the frame that all of this page's have. */
function Frame({ label, heads, children }: { label: string; heads: readonly Head[]; children: ComponentChildren }) {
  const { t } = useTexts();
  return (
    <TableFrame label={label} scroll="is-free">
      <thead>
        <tr>
          {heads.map(([key, classes]) => (
            <th key={key} scope="col" class={classes}>
              {t(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </TableFrame>
  );
}

// ---- what was rejected, late, lost, shed

function Troubles({ self }: { self: Self }) {
  const { t, code, language } = useTexts();
  const { some, none } = troubles(self);
  return (
    <Section title={t("self.troubles")} id="self-troubles">
      {some.length === 0 ? <Muted>{t("self.noTroubles")}</Muted> : <TroubleTable label={t("self.troubles")} rows={some} />}
      <details class="self-more">
        <summary>{t("self.quiet", { count: formatNumber(none.length, language) })}</summary>
        <ul class="self-quiet">
          {none.map(({ daemon, figure }) => (
            <li key={`${daemon} ${figure.name}`} data-figure={figure.name}>
              {figureMeaning(figure.name, language)}{" "}
              <span class="muted">
                ({code("self.class", figure.class)}, {shortName(daemon)})
              </span>
            </li>
          ))}
        </ul>
      </details>
    </Section>
  );
}

const TROUBLE_HEADS: readonly Head[] = [["self.what"], ["self.hour", "is-number"], ["self.total", "is-number"], ["self.course", "is-minor"]];

function TroubleTable({ label, rows }: { label: string; rows: readonly Told[] }) {
  return (
    <Frame label={label} heads={TROUBLE_HEADS}>
      {rows.map(({ daemon, figure }) => (
        <TroubleRow key={`${daemon} ${figure.name}`} daemon={daemon} figure={figure} />
      ))}
    </Frame>
  );
}

function TroubleRow({ daemon, figure }: { daemon: string; figure: SelfFigure }) {
  const { t, code, language } = useTexts();
  const isGrowing = figure.kind === "counter" && recentOf(figure) > 0;
  const advice = figureAdvice(figure.name, language);
  return (
    <tr data-figure={figure.name} class={isGrowing ? "is-growing" : undefined}>
      <th scope="row">
        <span class="two-lines">
          <span>
            <strong>{code("self.class", figure.class)}:</strong> {figureMeaning(figure.name, language)}
          </span>
          {advice ? (
            <span>
              <Marked text={advice} />
            </span>
          ) : null}
          <span class="muted">
            {shortName(daemon)} · <code>{figure.name}</code>
          </span>
        </span>
      </th>
      <td class="is-number">{figure.kind === "counter" ? formatNumber(figure.hour, language) : UNKNOWN}</td>
      <td class="is-number">{formatFigure(figure, language)}</td>
      <td class="is-minor">
        <Sparkline points={figure.points} label={t("self.lastHour", { name: figureMeaning(figure.name, language) })} />
      </td>
    </tr>
  );
}

/** What stands between backticks is to be typed. */
function Marked({ text }: { text: string }) {
  return <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}

function formatFigure({ name, value }: SelfFigure, language: "de" | "en"): string {
  if (name.endsWith("_bytes") || name.endsWith("_bytes_total")) return formatValue(value, "By", language);
  if (name.endsWith("_seconds")) return formatValue(value, "s", language);
  if (name.endsWith("_seconds_total")) return formatDuration(value, language);
  return formatNumber(value, language, 1);
}

// ---- the disk

function Disk({ disk }: { disk: Self["disk"] }) {
  const { t } = useTexts();
  const used = disk.size_bytes !== null && disk.free_bytes !== null ? disk.size_bytes - disk.free_bytes : null;
  return (
    <Section title={t("self.disk")} id="self-disk">
      <ul class="self-bars">
        <Bar name={t("self.fileSystem")} used={used} limit={disk.size_bytes} advice={t("self.fileSystemFull")} />
        <Bar name={t("self.journal")} used={disk.journal_bytes} limit={disk.journal_limit_bytes} advice={null} />
        <Bar name={t("self.history")} used={disk.history_bytes} limit={disk.history_budget_bytes} advice={t("self.historyFull")} />
      </ul>
    </Section>
  );
}

/** advice null: reaching the limit is how it is meant. */
function Bar({ name, used, limit, advice }: { name: string; used: number | null; limit: number | null; advice: string | null }) {
  const { t, language } = useTexts();
  const share = used !== null && limit ? Math.min(1, used / limit) : null;
  const isFull = advice !== null && share !== null && share > FULL;
  return (
    <li>
      <span class="self-bar__name">{name}</span>
      <svg class="share-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="self-bar__track" x="0" y="0" width="100" height="8" />
        <rect class={isFull ? "fill-unusable" : "self-bar__used"} x="0" y="0" width={(share ?? 0) * 100} height="8" />
      </svg>
      <span>
        {t("self.usedOf", { used: formatValue(used, "By", language), limit: formatValue(limit, "By", language), share: formatShare(share, language) })}
        {isFull ? <span class="verdict is-failed"> ! {advice}</span> : null}
      </span>
    </li>
  );
}

// ---- all figures

const FIGURE_HEADS: readonly Head[] = [["self.meaning"], ["self.rate", "is-number"], ["self.total", "is-number"], ["self.course", "is-minor"]];

function Everything({ self }: { self: Self }) {
  const { t } = useTexts();
  return (
    <Section title={t("self.everything")} id="self-everything">
      {self.daemons.map((daemon) => (
        <details key={`${daemon.name} ${daemon.partition}`} class="self-more">
          <summary>{daemon.name}</summary>
          <Frame label={daemon.name} heads={FIGURE_HEADS}>
            {restOf(daemon).map((figure) => (
              <FigureRow key={figure.name} figure={figure} />
            ))}
          </Frame>
        </details>
      ))}
      <Muted>{t("self.metrics")}</Muted>
    </Section>
  );
}

function FigureRow({ figure }: { figure: SelfFigure }) {
  const { t, language } = useTexts();
  return (
    <tr data-figure={figure.name}>
      <th scope="row">
        <span class="two-lines">
          <span>{figureMeaning(figure.name, language)}</span>
          <code class="muted">{figure.name}</code>
        </span>
      </th>
      <td class="is-number">{formatNumber(figure.rate, language, 2)}</td>
      <td class="is-number">{formatFigure(figure, language)}</td>
      <td class="is-minor">
        <Sparkline points={figure.points} label={t("self.lastHour", { name: figureMeaning(figure.name, language) })} />
      </td>
    </tr>
  );
}
