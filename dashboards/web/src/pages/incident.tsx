// SPDX-License-Identifier: GPL-3.0-or-later
// incident.tsx - one incident: cause, whom it hits, the evidence, what happened, and what an operator does about it.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { segment } from "../api/client";
import type { Entity, Incident, IncidentDetail, Page } from "../api/types";
import { timeOf, useApp, useNow, useTexts, useTitle } from "../context";
import { formatDateTime, formatDuration, formatNumber, formatValue } from "../format";
import { byUrgency, evidenceSeries, evidenceSources, evidenceSpan, memberTree, timelineOf, type Moment } from "../model/incidents";
import { spotsOf } from "../model/member_map";
import { mayAct, mayQuieten } from "../model/role";
import { linkTo, replaceQuery, type Route } from "../router";
import { useStore, type Store } from "../store";
import { SeriesFigure } from "../ui/chart_panel";
import { LineIcon } from "../ui/icons";
import { IncidentAct } from "../ui/incident_act";
import { memberCount } from "../ui/incident_list";
import { MemberMap } from "../ui/member_map";
import { MemberTree } from "../ui/member_tree";
import { DateTime, ErrorNote, Facts, Loading, Muted, ReasonText, Section, Severity, StateText, ThingLink } from "../ui/parts";
import { Shortcuts, type Shortcut } from "../ui/shortcuts";
import { TableFrame } from "../ui/table";
import { useAllData, useCityEvent, useData } from "./use_data";

export function IncidentPage({ id, route }: { id: string; route: Store<Route> }) {
  const { t, language } = useTexts();
  const { data, problem, reload } = useData<IncidentDetail>(`/incidents/${segment(id)}`);
  useCityEvent(reload, ({ incident }) => incident === id);
  useTitle(data?.text[language] ?? t("incident.what"));
  useWanted(route, data !== null);
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <div class="page">
      <Head incident={data} keys={<IncidentKeys id={id} />} />
      <div class="columns">
        <div class="columns__main">
          <IncidentAct incident={data} onDone={reload} />
          <Evidence incident={data} />
          <Members incident={data} />
        </div>
        <div class="columns__side">
          <FirstSteps incident={data} />
          <Summary incident={data} />
          <Timeline incident={data} />
        </div>
      </div>
    </div>
  );
}

/** Where each key of the list leads to on this page. */
const FIELDS: Record<string, string> = { comment: "comment", assign: "person", shelve: "hours", maintenance: "maintenance" };

/** ?do=comment puts the focus there once, as somebody pressed that key in the list. */
function useWanted(route: Store<Route>, isThere: boolean): void {
  const wanted = useStore(route).query.get("do");
  useEffect(() => {
    if (!isThere || !wanted) return;
    replaceQuery(route, { do: null });
    // Behind the frame's own focus on a new page.
    setTimeout(() => document.getElementById(FIELDS[wanted] ?? "")?.focus(), 0);
  }, [isThere, wanted]);
}

function IncidentKeys({ id }: { id: string }) {
  const { city, session } = useApp();
  const who = useStore(session);
  const press = (verb: string) => document.querySelector<HTMLButtonElement>(`button[data-verb="${verb}"]`)?.click();
  const focus = (field: string) => document.getElementById(field)?.focus();
  const step = (by: 1 | -1) => {
    const order = [...city.incidents.get().values()].sort(byUrgency);
    const at = order.findIndex((each) => each.id === id);
    const next = order[at < 0 ? 0 : at + by];
    if (next) location.hash = linkTo("incidents", next.id);
  };
  const always: Shortcut[] = [
    { key: "j", text: "keys.next", run: () => step(1) },
    { key: "k", text: "keys.previous", run: () => step(-1) },
    { key: "l", text: "keys.list", run: () => (location.hash = linkTo("incidents")) },
  ];
  const acting: Shortcut[] = [
    { key: "a", text: "incident.acknowledge", run: () => press("acknowledge") },
    { key: "c", text: "incident.comment", run: () => focus("comment") },
    { key: "z", text: "incident.assign", run: () => focus("person") },
    { key: "i", text: "incident.assignMe", run: () => press("assign-me") },
  ];
  const quieting: Shortcut[] = [
    { key: "s", text: "incident.shelveDo", run: () => focus("hours") },
    { key: "m", text: "incident.maintenance", run: () => focus("maintenance") },
    { key: "x", text: "incident.closeDo", run: () => document.querySelector<HTMLElement>('button[data-verb="close"]')?.focus() },
  ];
  return <Shortcuts shortcuts={[...always, ...(mayAct(who) ? acting : []), ...(mayQuieten(who) ? quieting : [])]} />;
}

function Head({ incident, keys }: { incident: Incident; keys: ComponentChildren }) {
  const { t, language } = useTexts();
  return (
    <header class="page-head is-plain">
      <div>
        <p class="crumb">
          <a href={linkTo("incidents")}>{t("incident.title")}</a> <LineIcon name="right" size={14} /> {incident.id}
        </p>
        <h1>{incident.text[language]}</h1>
        <p class="head-line">
          <Severity severity={incident.severity} />
          <span>{t(incident.closed ? "incident.closed" : "incident.open")}</span>
          <OperatorText incident={incident} />
        </p>
      </div>
      {keys}
    </header>
  );
}

function OperatorText({ incident }: { incident: Incident }) {
  const { t, code, language } = useTexts();
  const { state, by, at } = incident.operator;
  if (!by) return <span data-operator={state}>{code("operator", state)}</span>;
  const time = formatDateTime(timeOf(at), language);
  return <span data-operator={state}>{t("incident.by", { state: code("operator", state), by, time })}</span>;
}

function Summary({ incident }: { incident: Incident }) {
  const { t, language } = useTexts();
  const now = useNow();
  const from = timeOf(incident.opened) ?? now;
  const to = timeOf(incident.closed) ?? now;
  const cause = <ThingLink kind={incident.cause.kind} id={incident.cause.id} name={incident.cause.name} />;
  return (
    <Section title={t("hotspot.facts")} id="facts">
      <Facts
        items={[
          [t("incident.cause"), cause],
          [t("incident.rule"), <code>{incident.rule ?? incident.type}</code>],
          [t("incident.assigned"), incident.operator.assigned],
          [t("incident.members"), formatNumber(memberCount(incident), language)],
          [t("incident.priority"), t("incident.priorityUnit", { value: formatNumber(incident.priority, language) })],
          [t("incident.userMinutes"), formatNumber(incident.user_minutes, language)],
          [t("incident.opened"), <DateTime time={incident.opened} />],
          [t("incident.changed"), <DateTime time={incident.changed} />],
          [t("incident.closedAt"), incident.closed ? <DateTime time={incident.closed} /> : null],
          [t("incident.duration"), formatDuration((to - from) / 1000, language)],
          ...(incident.flapping ? [[t("incident.flapping"), t("app.yes")] as const] : []),
          ...(incident.operator.comment ? [[t("incident.comment"), incident.operator.comment] as const] : []),
        ]}
      />
    </Section>
  );
}

/** What to check first: for somebody who gets this at night. */
function FirstSteps({ incident }: { incident: IncidentDetail }) {
  const { t, language } = useTexts();
  const steps = (incident.runbook_text?.[language] ?? "").split("\n").filter((step) => step !== "");
  if (steps.length === 0 && !incident.runbook) return null;
  return (
    <Section title={t("incident.first")} id="first">
      <ol class="first-steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {incident.runbook ? (
        <p>
          {t("incident.runbook")}: <Runbook text={incident.runbook} />
        </p>
      ) : null}
    </Section>
  );
}

/** A link only where it is one that a browser may follow without harm. */
function Runbook({ text }: { text: string }) {
  return /^https?:\/\//.test(text) ? (
    <a href={text} rel="noreferrer">
      {text}
    </a>
  ) : (
    <>{text}</>
  );
}

function Members({ incident }: { incident: Incident }) {
  const { t, language } = useTexts();
  const { city } = useApp();
  const config = useStore(city.config);
  const hotspots = useStore(city.hotspots);
  const topology = useStore(city.topology);
  const spots = useMemo(() => spotsOf(incident, hotspots, topology), [incident, topology]);
  const tree = useMemo(() => memberTree(incident, hotspots, topology), [incident, topology]);
  const more = incident.members_more ?? 0;
  const inTree = incident.cause.kind === "device" ? incident.cause.id : hotspots.get(incident.cause.id)?.uplink;
  return (
    <Section
      title={t("incident.members")}
      id="members"
      actions={
        inTree ? (
          <a class="panel__more" href={`${linkTo("topology")}?at=${encodeURIComponent(inTree)}`}>
            {t("incident.inNetwork")}
          </a>
        ) : null
      }
    >
      <MemberMap config={config} spots={spots} label={t("incident.mapLabel", { count: formatNumber(spots.length, language) })} />
      {incident.members.length === 0 ? <Muted>{t("incident.noMembers")}</Muted> : <MemberTree branches={tree} />}
      {more > 0 ? <Muted>{t("incident.membersMore", { count: more })}</Muted> : null}
      {incident.members.length > 0 ? (
        <details class="self-more">
          <summary>{t("incident.asTable")}</summary>
          <MemberTable incident={incident} />
        </details>
      ) : null}
    </Section>
  );
}

function MemberTable({ incident }: { incident: Incident }) {
  const { t, code } = useTexts();
  return (
    <TableFrame label={t("incident.members")} scroll="is-short">
      <thead>
        <tr>
          <th scope="col">{t("list.name")}</th>
          <th scope="col">{t("device.kind")}</th>
          <th scope="col">{t("state")}</th>
          <th scope="col">{t("reason")}</th>
        </tr>
      </thead>
      <tbody>
        {incident.members.map((member) => (
          <tr key={`${member.kind} ${member.id}`}>
            <th scope="row">
              <ThingLink kind={member.kind} id={member.id} name={member.name} />
            </th>
            <td>{code("member", member.kind)}</td>
            <td>
              <StateText state={member.state} />
            </td>
            <td>
              <ReasonText reason={member.reason} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

/** The series that decided, around the time of the incident. */
function DecidingSeries({ incident, unitOf }: { incident: Incident; unitOf: (metric: string) => string }) {
  const { t, code } = useTexts();
  const hotspots = useStore(useApp().city.hotspots);
  const [first] = incident.evidence;
  const topology = useStore(useApp().city.topology);
  const sources = first ? evidenceSources(incident, first.metric, hotspots, topology) : [];
  const { data } = useAllData<Page<Entity>>(sources.map((source) => `/devices/${segment(source)}/entities`));
  const entity = first && data ? evidenceSeries(first, data.flatMap(({ items }) => items)) : null;
  if (!first || !entity) return null;
  const query = new URLSearchParams({ entity, metric: first.metric, ...evidenceSpan(incident, Date.now()) });
  return <SeriesFigure path={`/series?${query}`} unit={unitOf(first.metric)} title={t("incident.deciding", { metric: code("metric", first.metric) })} />;
}

function Evidence({ incident }: { incident: Incident }) {
  const { t, code, language } = useTexts();
  const config = useStore(useApp().city.config);
  const unitOf = (metric: string) => config?.metrics.find((each) => each.name === metric)?.unit ?? "1";
  return (
    <Section title={t("incident.evidence")} id="evidence">
      {incident.evidence.length === 0 ? (
        <Muted>{t("incident.noEvidence")}</Muted>
      ) : (
        <TableFrame label={t("incident.evidence")} scroll="is-free">
          <thead>
            <tr>
              <th scope="col">{t("device.metric")}</th>
              <th scope="col">{t("device.entity")}</th>
              <th scope="col" class="is-number">{t("device.value")}</th>
              <th scope="col" class="is-number">{t("incident.limit")}</th>
              <th scope="col">{t("incident.at")}</th>
            </tr>
          </thead>
          <tbody>
            {incident.evidence.map((each, index) => (
              <tr key={index}>
                <th scope="row">{code("metric", each.metric)}</th>
                <td>{each.entity || "–"}</td>
                <td class="is-number">{formatValue(each.value, unitOf(each.metric), language)}</td>
                <td class="is-number">{formatValue(each.limit, unitOf(each.metric), language)}</td>
                <td>
                  <DateTime time={each.at} />
                </td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
      <DecidingSeries incident={incident} unitOf={unitOf} />
    </Section>
  );
}

function Timeline({ incident }: { incident: IncidentDetail }) {
  const { t } = useTexts();
  const moments = timelineOf(incident);
  const older = incident.history_more ?? 0;
  return (
    <Section title={t("incident.history")} id="log">
      {moments.length === 0 ? <Muted>{t("incident.noHistory")}</Muted> : null}
      <ol class="log">
        {moments.map((moment, index) => (
          <MomentRow key={`${moment.at} ${index}`} moment={moment} />
        ))}
      </ol>
      {older > 0 ? <Muted>{t("incident.historyMore", { count: older })}</Muted> : null}
    </Section>
  );
}

function MomentRow({ moment }: { moment: Moment }) {
  const { t, code, language } = useTexts();
  const { what, by, via, to, until, comment, members, severity } = moment;
  return (
    <li data-event={what} class={moment.isPerson ? "is-person" : undefined}>
      <span class="muted">
        <DateTime time={moment.at} />
      </span>
      <span>
        <strong>{moment.isPerson ? code("incident.did", what) : code("incident.event", what)}</strong>
        {to ? `: ${to}` : ""}
        {until ? ` ${t("incident.until", { time: formatDateTime(timeOf(until), language) })}` : ""}
        {by ? ` · ${by}` : ""}
        {via ? ` (${code("incident.via", via)})` : ""}
        {members === null ? "" : ` · ${t("incident.members")}: ${formatNumber(members, language)}`}
        {severity === null ? "" : ` · ${code("severity", severity)}`}
      </span>
      {comment ? <q>{comment}</q> : null}
    </li>
  );
}
