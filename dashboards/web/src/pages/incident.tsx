// SPDX-License-Identifier: GPL-3.0-or-later
// incident.tsx - one incident: cause, whom it hits, the evidence, what happened, and what an operator does about it.

import { useEffect, useState } from "preact/hooks";
import type { Incident, IncidentDetail } from "../api/types";
import { newKey, segment } from "../api/client";
import type { Outcome } from "../city";
import { timeOf, useApp, useNow, useTexts, useTitle } from "../context";
import { formatDateTime, formatDuration, formatNumber, formatValue } from "../format";
import { linkTo } from "../router";
import { useStore } from "../store";
import { LineIcon } from "../ui/icons";
import { memberCount } from "../ui/incident_list";
import { DateTime, ErrorNote, Facts, Loading, Muted, ReasonText, Section, Severity, StateText, ThingLink, useProblemText } from "../ui/parts";
import { useCityEvent, useData } from "./use_data";

const ROLES_THAT_ACT = new Set(["operator", "noc", "admin"]);
const ROLES_THAT_QUIETEN = new Set(["noc", "admin"]);

export function IncidentPage({ id }: { id: string }) {
  const { t, language } = useTexts();
  const { data, problem, reload } = useData<IncidentDetail>(`/incidents/${segment(id)}`);
  useCityEvent(reload, ({ incident }) => incident === id);
  useTitle(data?.text[language] ?? t("incident.what"));
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <div class="page">
      <Head incident={data} />
      <div class="columns">
        <div class="columns__main">
          <Act incident={data} onDone={reload} />
          <Members incident={data} />
          <Evidence incident={data} />
        </div>
        <div class="columns__side">
          <Summary incident={data} />
          <Log log={data.log} />
        </div>
      </div>
    </div>
  );
}

function Head({ incident }: { incident: Incident }) {
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

type Verb = "acknowledge" | "comment" | "shelve" | "close";
type ActState = { step: "idle" | "waiting" } | { step: "ended"; outcome: Outcome } | { step: "failed"; problem: unknown };

/** These say nothing, or quieten an alarm, without a reason given. */
const VERBS_WITH_COMMENT: ReadonlySet<Verb> = new Set(["comment", "shelve"]);
const SHELVE_HOURS = [1, 4, 24];
const HOUR_MS = 3_600_000;

function useCommand(incident: Incident, onDone: () => void) {
  const { client, city } = useApp();
  const [state, setState] = useState<ActState>({ step: "idle" });
  useEffect(() => setState({ step: "idle" }), [incident.id]);
  const send = async (verb: Verb, body: Record<string, string>): Promise<boolean> => {
    setState({ step: "waiting" });
    try {
      const command = await client.command(`/incidents/${segment(incident.id)}/${verb}`, body, newKey());
      const outcome = await city.outcomeOf(command);
      setState({ step: "ended", outcome });
      onDone();
      return outcome.outcome === "done";
    } catch (problem) {
      setState({ step: "failed", problem });
      return false;
    }
  };
  return { state, send };
}

function Act({ incident, onDone }: { incident: Incident; onDone: () => void }) {
  const { t } = useTexts();
  const role = useStore(useApp().session)?.role ?? "public";
  const [comment, setComment] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const { state, send } = useCommand(incident, onDone);
  if (incident.closed !== null) return state.step === "idle" ? null : <ActResult state={state} />;
  if (!ROLES_THAT_ACT.has(role)) return <Muted>{t("incident.mayNot")}</Muted>;

  const act = async (verb: Verb, more: Record<string, string> = {}) => {
    const text = comment.trim();
    const isMissing = VERBS_WITH_COMMENT.has(verb) && text === "";
    setEmpty(isMissing);
    if (isMissing) return;
    if (await send(verb, text === "" ? more : { ...more, comment: text })) setComment("");
  };
  const isBusy = state.step === "waiting";
  return (
    <Section title={t("incident.act")} id="act">
      <CommentField comment={comment} isEmpty={isEmpty} onChange={setComment} />
      <div class="actions">
        <button
          type="button"
          class="button is-primary"
          disabled={isBusy || incident.operator.state === "acknowledged"}
          onClick={() => void act("acknowledge")}
        >
          {t("incident.acknowledge")}
        </button>
        <button type="button" class="button" disabled={isBusy} data-verb="comment" onClick={() => void act("comment")}>
          {t("incident.sendComment")}
        </button>
        {ROLES_THAT_QUIETEN.has(role) ? <Quieten isBusy={isBusy} act={act} /> : null}
        <ActResult state={state} />
      </div>
    </Section>
  );
}

function CommentField({ comment, isEmpty, onChange }: { comment: string; isEmpty: boolean; onChange: (text: string) => void }) {
  const { t } = useTexts();
  return (
    <div class="field">
      <label for="comment">{t("incident.comment")}</label>
      <textarea
        id="comment"
        class="input is-text"
        rows={3}
        maxLength={1000}
        value={comment}
        placeholder={t("incident.commentHint")}
        aria-invalid={isEmpty ? "true" : undefined}
        aria-describedby={isEmpty ? "comment-empty" : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {isEmpty ? (
        <p id="comment-empty" class="field__problem" role="alert">
          {t("incident.commentEmpty")}
        </p>
      ) : null}
    </div>
  );
}

function Quieten({ isBusy, act }: { isBusy: boolean; act: (verb: Verb, more?: Record<string, string>) => Promise<void> }) {
  const { t } = useTexts();
  const [hours, setHours] = useState(SHELVE_HOURS[0] ?? 1);
  // A minute less: the server allows 24 h at most, and its clock may be a little behind.
  const until = () => new Date(Date.now() + hours * HOUR_MS - 60_000).toISOString();
  return (
    <>
      <div class="field">
        <label for="hours">{t("incident.shelve")}</label>
        <select id="hours" class="select" value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
          {SHELVE_HOURS.map((each) => (
            <option key={each} value={each}>
              {t("incident.hours", { count: each })}
            </option>
          ))}
        </select>
        <button type="button" class="button" disabled={isBusy} onClick={() => void act("shelve", { until: until() })}>
          {t("incident.shelveDo")}
        </button>
      </div>
      <button type="button" class="button" disabled={isBusy} onClick={() => void act("close")}>
        {t("incident.closeDo")}
      </button>
    </>
  );
}

function ActResult({ state }: { state: ActState }) {
  const { t } = useTexts();
  const problemText = useProblemText();
  const text = (): string => {
    if (state.step === "waiting") return t("command.waiting");
    if (state.step === "failed") return t("app.error", { detail: problemText(state.problem) });
    if (state.step !== "ended") return "";
    if (state.outcome.outcome === "done") return t("command.done");
    if (state.outcome.outcome === "slow") return t("command.slow");
    return t("command.refused", { detail: state.outcome.problem });
  };
  return (
    <p class="actions__result" role="status" data-outcome={state.step === "ended" ? state.outcome.outcome : state.step}>
      {text()}
    </p>
  );
}

function Members({ incident }: { incident: Incident }) {
  const { t, code } = useTexts();
  const more = incident.members_more ?? 0;
  return (
    <Section title={t("incident.members")} id="members">
      {incident.members.length === 0 ? (
        <Muted>{t("incident.noMembers")}</Muted>
      ) : (
        <div class="table-scroll is-short" role="group" aria-label={t("incident.members")} tabIndex={0}>
          <table class="table">
            <caption class="kern-sr-only">{t("incident.members")}</caption>
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
          </table>
        </div>
      )}
      {more > 0 ? <Muted>{t("incident.membersMore", { count: more })}</Muted> : null}
    </Section>
  );
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
        <div class="table-scroll is-free" role="group" aria-label={t("incident.evidence")} tabIndex={0}>
          <table class="table">
            <caption class="kern-sr-only">{t("incident.evidence")}</caption>
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
          </table>
        </div>
      )}
    </Section>
  );
}

function Log({ log }: { log: IncidentDetail["log"] }) {
  const { t, code, language } = useTexts();
  return (
    <Section title={t("incident.history")} id="log">
      {log.length === 0 ? <Muted>{t("incident.noHistory")}</Muted> : null}
      <ol class="log">
        {[...log].reverse().map((entry, index) => (
          <li key={`${entry.at} ${index}`} data-event={entry.event}>
            <span class="muted">
              <DateTime time={entry.at} />
            </span>
            <span>
              <strong>{code("incident.event", entry.event)}</strong>
              {entry.by ? ` · ${entry.by}` : ""} · {t("incident.members")}: {formatNumber(entry.members, language)}
            </span>
            {entry.comment ? <q>{entry.comment}</q> : null}
          </li>
        ))}
      </ol>
    </Section>
  );
}
