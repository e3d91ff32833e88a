// SPDX-License-Identifier: GPL-3.0-or-later
// maintenance.tsx - the maintenance calendar: a month or a list of windows; planned, changed and cancelled by those who may.

import { useState } from "preact/hooks";
import type { Maintenance, Page } from "../api/types";
import { useApp, useNow, useTexts, useTitle } from "../context";
import { formatDateTime, formatTime, localeOf, TIME_ZONE } from "../format";
import { boundsOf, dayOf } from "../model/berlin";
import { addMonths, parseMonth, weeksOf, windowsOn } from "../model/calendar";
import { mayQuieten } from "../model/role";
import { replaceQuery, type Route } from "../router";
import { useStore, type Store } from "../store";
import { PlanForm } from "../ui/maintenance_form";
import { ErrorNote, Loading, Muted, ThingLink, useProblemText } from "../ui/parts";
import { Table, type Column } from "../ui/table";
import { useWindowCommands, type WindowCommands } from "../ui/window_commands";
import { useData } from "./use_data";

const REFRESH_MS = 15_000;

export function MaintenancePage({ route }: { route: Store<Route> }) {
  const { t } = useTexts();
  const { query } = useStore(route);
  const mayPlan = mayQuieten(useStore(useApp().session));
  const { data, problem, reload } = useData<Page<Maintenance>>("/maintenance?limit=1000", REFRESH_MS);
  const commands = useWindowCommands(reload);
  const [edited, setEdited] = useState<Maintenance | null>(null);
  const windows = (data?.items ?? []).filter((each) => each.status !== "refused");
  const isList = query.get("view") === "list";
  useTitle(t("maintenance.title"));
  return (
    <div class="page">
      <header class="page-head is-plain">
        <div>
          <h1>{t("maintenance.title")}</h1>
          <p class="lead">{t("maintenance.lead")}</p>
        </div>
      </header>
      {mayPlan ? <PlanForm key={edited?.id ?? ""} edited={edited} commands={commands} onLeave={() => setEdited(null)} /> : null}
      <Result commands={commands} />
      {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {!data && !problem ? <Loading /> : null}
      {data ? (
        <section class="panel" aria-label={t("maintenance.title")} id="windows">
          <ViewSwitch isList={isList} onChange={(view) => replaceQuery(route, { view })} />
          {windows.length === 0 ? <Muted>{t(mayPlan ? "maintenance.none" : "maintenance.noneToRead")}</Muted> : null}
          {isList ? null : <Month route={route} windows={windows} />}
          {isList && windows.length > 0 ? <List windows={windows} mayPlan={mayPlan} commands={commands} onEdit={setEdited} /> : null}
        </section>
      ) : null}
    </div>
  );
}

function ViewSwitch({ isList, onChange }: { isList: boolean; onChange: (view: string | null) => void }) {
  const { t } = useTexts();
  return (
    <fieldset class="switch">
      <legend class="kern-sr-only">{t("maintenance.view")}</legend>
      {[false, true].map((each) => (
        <label key={String(each)} class={each === isList ? "is-on" : undefined}>
          <input type="radio" name="view" value={each ? "list" : "month"} checked={each === isList} onChange={() => onChange(each ? "list" : null)} />
          {t(each ? "maintenance.list" : "maintenance.month")}
        </label>
      ))}
    </fieldset>
  );
}

/** What became of the last command; a window that was ended can be taken up again. */
function Result({ commands }: { commands: WindowCommands }) {
  const { t, code } = useTexts();
  const textOf = useProblemText();
  const { result, undo } = commands;
  const text = result === null ? "" : result.kind === "failed" ? t("app.error", { detail: textOf(result.problem) }) : code("maintenance.result", result.kind);
  return (
    <div class={result === null ? "kern-sr-only" : result.kind === "failed" ? "note is-danger" : "note"} role="status" data-result={result?.kind}>
      {text}{" "}
      {undo ? (
        <button type="button" class="button" onClick={() => void undo()}>
          {t("maintenance.undo")}
        </button>
      ) : null}
    </div>
  );
}

// ---- the month ----

function Month({ route, windows }: { route: Store<Route>; windows: readonly Maintenance[] }) {
  const { t, language } = useTexts();
  const today = dayOf(useNow());
  const month = parseMonth(useStore(route).query.get("month")) ?? today.slice(0, 7);
  const weeks = weeksOf(month);
  const format = (options: Intl.DateTimeFormatOptions, day: string) => new Intl.DateTimeFormat(localeOf(language), { ...options, timeZone: TIME_ZONE }).format(boundsOf(day).from);
  const go = (to: string | null) => replaceQuery(route, { month: to });
  return (
    <>
      <div class="calendar-head">
        <h2 aria-live="polite">{format({ month: "long", year: "numeric" }, `${month}-01`)}</h2>
        <button type="button" class="button" onClick={() => go(addMonths(month, -1))}>
          {t("maintenance.before")}
        </button>
        <button type="button" class="button" onClick={() => go(null)}>
          {t("maintenance.today")}
        </button>
        <button type="button" class="button" onClick={() => go(addMonths(month, 1))}>
          {t("maintenance.after")}
        </button>
      </div>
      <table class="calendar">
        <caption class="kern-sr-only">{format({ month: "long", year: "numeric" }, `${month}-01`)}</caption>
        <thead>
          <tr>
            {(weeks[0] ?? []).map((day) => (
              <th key={day} scope="col" abbr={format({ weekday: "long" }, day)}>
                {format({ weekday: "short" }, day)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <Day key={day} day={day} label={format({ day: "numeric", month: "long" }, day)} isToday={day === today} isOther={!day.startsWith(month)} windows={windowsOn(day, windows)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** A full day would push the month off the screen; the list has them all. */
const SHOWN_ON_A_DAY = 4;

function Day({ day, label, isToday, isOther, windows }: { day: string; label: string; isToday: boolean; isOther: boolean; windows: readonly Maintenance[] }) {
  const { t, code, language } = useTexts();
  const classes = ["calendar__day", isToday ? "is-today" : "", isOther ? "is-other" : "", windows.length === 0 ? "is-free" : ""].filter(Boolean).join(" ");
  const rest = windows.length - SHOWN_ON_A_DAY;
  return (
    <td class={classes} data-day={day} aria-current={isToday ? "date" : undefined}>
      <span class="calendar__date">
        <span aria-hidden="true">{Number(day.slice(8))}</span>
        <span class="kern-sr-only">{windows.length > 0 ? t("maintenance.onDay", { day: label, count: windows.length }) : label}</span>
      </span>
      <ul>
        {windows.slice(0, SHOWN_ON_A_DAY).map((each) => (
          <li key={each.id} class={`calendar__window is-${each.status}`} data-window={each.id}>
            <span class="calendar__time">
              {formatTime(Math.max(Date.parse(each.begin), boundsOf(day).from), language)} <span class="kern-sr-only">{code("maintenance.state", each.status)}</span>
            </span>{" "}
            <TargetLink window={each} />
          </li>
        ))}
        {rest > 0 ? <li class="muted">+ {rest}</li> : null}
      </ul>
    </td>
  );
}

function TargetLink({ window }: { window: Maintenance }) {
  const { city } = useApp();
  const kind = useStore(city.hotspots).has(window.target) ? "hotspot" : useStore(city.topology)?.nodes.some((node) => node.id === window.target) ? "device" : "other";
  return <ThingLink kind={kind} id={window.target} name={window.target_name} />;
}

// ---- the list ----

interface ListProps {
  windows: readonly Maintenance[];
  mayPlan: boolean;
  commands: WindowCommands;
  onEdit: (window: Maintenance) => void;
}

function List({ windows, mayPlan, commands, onEdit }: ListProps) {
  const { t, code, language } = useTexts();
  const time = (text: string) => formatDateTime(Date.parse(text), language);
  const columns: Column<Maintenance>[] = [
    { id: "target", title: t("maintenance.target"), isHead: true, key: (row) => row.target_name, cell: (row) => <TargetLink window={row} /> },
    { id: "status", title: t("maintenance.state"), key: (row) => row.status, cell: (row) => <span class={`window-state is-${row.status}`}>{code("maintenance.state", row.status)}</span> },
    { id: "begin", title: t("maintenance.begin"), key: (row) => row.begin, cell: (row) => time(row.begin) },
    { id: "end", title: t("maintenance.end"), key: (row) => row.end, cell: (row) => time(row.end) },
    { id: "comment", title: t("maintenance.comment"), cell: (row) => row.comment },
    { id: "by", title: t("maintenance.by"), key: (row) => row.by, isMinor: true, cell: (row) => row.by },
    { id: "told", title: t("maintenance.told"), isMinor: true, cell: (row) => (row.announced ? t("app.yes") : "–") },
    ...(mayPlan ? [{ id: "actions", title: t("maintenance.actions"), cell: (row: Maintenance) => <Actions window={row} commands={commands} onEdit={onEdit} /> }] : []),
  ];
  return <Table caption={t("maintenance.title")} columns={columns} rows={windows} rowId={(row) => row.id} initialSort={{ column: "begin", descending: true }} empty={t("maintenance.none")} />;
}

function Actions({ window, commands, onEdit }: { window: Maintenance; commands: WindowCommands; onEdit: (window: Maintenance) => void }) {
  const { t } = useTexts();
  const { status, target_name: name } = window;
  if (status !== "planned" && status !== "active") return null;
  const isBusy = commands.result?.kind === "waiting";
  const edit = () => {
    onEdit(window);
    requestAnimationFrame(() => document.getElementById("window-begin")?.focus());
  };
  return (
    <span class="window-actions">
      <button type="button" class="button" disabled={isBusy} aria-label={t("maintenance.editOf", { name })} onClick={edit}>
        {t("maintenance.edit")}
      </button>
      <button type="button" class="button" disabled={isBusy} aria-label={t(status === "active" ? "maintenance.finishOf" : "maintenance.cancelOf", { name })} onClick={() => void commands.end(window)}>
        {t(status === "active" ? "maintenance.finish" : "maintenance.cancel")}
      </button>
    </span>
  );
}
