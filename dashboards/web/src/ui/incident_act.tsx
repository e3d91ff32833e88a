// SPDX-License-Identifier: GPL-3.0-or-later
// incident_act.tsx - what people do about an incident: acknowledge, comment, assign, shelve, close, plan maintenance. Every
// button writes a command and waits for its outcome; the keys of the page press these buttons.

import { useEffect, useState } from "preact/hooks";
import { newKey, segment } from "../api/client";
import type { Incident } from "../api/types";
import type { Outcome } from "../city";
import { useApp, useTexts } from "../context";
import { announcementBody, isSendable, NO_ANNOUNCEMENT } from "../model/announce";
import { mayAct, mayQuieten } from "../model/role";
import { useStore } from "../store";
import { AnnounceField } from "./announce_field";
import { Muted, Section, useProblemText } from "./parts";

type Verb = "acknowledge" | "comment" | "assign" | "shelve" | "unshelve" | "close" | "maintenance";
type ActState = { step: "idle" | "waiting" } | { step: "ended"; outcome: Outcome } | { step: "failed"; problem: unknown };
type Body = Record<string, string | boolean>;
/** True: it was done. */
type Act = (verb: Verb, more?: Body) => Promise<boolean>;

/** These say nothing, or quieten an alarm, without a reason given. */
const VERBS_WITH_COMMENT: ReadonlySet<Verb> = new Set(["comment", "shelve", "maintenance"]);
const SHELVE_HOURS = [1, 4, 24];
const MAINTENANCE_HOURS = [1, 4, 8, 24];
const HOUR_MS = 3_600_000;
const PERSON_MAX = 100;

/** A minute less: the server allows 24 h at most, and its clock may be a little behind. */
function untilIn(hours: number): string {
  return new Date(Date.now() + hours * HOUR_MS - 60_000).toISOString();
}

function useCommand(incident: Incident, onDone: () => void) {
  const { client, city } = useApp();
  const [state, setState] = useState<ActState>({ step: "idle" });
  useEffect(() => setState({ step: "idle" }), [incident.id]);
  const send = async (verb: Verb, body: Body): Promise<boolean> => {
    setState({ step: "waiting" });
    try {
      const path = verb === "maintenance" ? "/maintenance" : `/incidents/${segment(incident.id)}/${verb}`;
      const command = await client.command(path, body, newKey());
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

export function IncidentAct({ incident, onDone }: { incident: Incident; onDone: () => void }) {
  const { t } = useTexts();
  const who = useStore(useApp().session);
  const [comment, setComment] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const { state, send } = useCommand(incident, onDone);
  if (incident.closed !== null) return state.step === "idle" ? null : <ActResult state={state} />;
  if (!mayAct(who)) return <Muted>{t("incident.mayNot")}</Muted>;

  const act: Act = async (verb, more = {}) => {
    const text = comment.trim();
    const isMissing = VERBS_WITH_COMMENT.has(verb) && text === "";
    setEmpty(isMissing);
    if (isMissing) {
      document.getElementById("comment")?.focus();
      return false;
    }
    const isDone = await send(verb, text === "" ? more : { ...more, comment: text });
    if (isDone) setComment("");
    return isDone;
  };
  const isBusy = state.step === "waiting";
  return (
    <Section title={t("incident.act")} id="act">
      <CommentField comment={comment} isEmpty={isEmpty} onChange={setComment} />
      <div class="actions">
        <button
          type="button"
          class="button is-primary"
          data-verb="acknowledge"
          disabled={isBusy || incident.operator.state === "acknowledged"}
          onClick={() => void act("acknowledge")}
        >
          {t("incident.acknowledge")}
        </button>
        <button type="button" class="button" disabled={isBusy} data-verb="comment" onClick={() => void act("comment")}>
          {t("incident.sendComment")}
        </button>
        {mayQuieten(who) ? (
          <button type="button" class="button" disabled={isBusy} data-verb="close" onClick={() => void act("close")}>
            {t("incident.closeDo")}
          </button>
        ) : null}
      </div>
      <div class="actions">
        <Assign incident={incident} isBusy={isBusy} act={act} />
        {mayQuieten(who) ? <Shelve incident={incident} isBusy={isBusy} act={act} /> : null}
      </div>
      {mayQuieten(who) && incident.cause.id ? <Maintenance incident={incident} isBusy={isBusy} act={act} /> : null}
      <ActResult state={state} />
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

interface ActProps {
  incident: Incident;
  isBusy: boolean;
  act: Act;
}

function Assign({ incident, isBusy, act }: ActProps) {
  const { t } = useTexts();
  const me = useStore(useApp().session)?.user ?? "";
  const [person, setPerson] = useState("");
  const assign = (to: string) => {
    if (to !== "") void act("assign", { to }).then(() => setPerson(""));
  };
  return (
    <div class="field">
      <label for="person">{t("incident.assign")}</label>
      <input
        id="person"
        class="input"
        value={person}
        maxLength={PERSON_MAX}
        autoComplete="off"
        placeholder={t("incident.assignHint")}
        onInput={(event) => setPerson(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && assign(person.trim())}
      />
      <button type="button" class="button" disabled={isBusy || person.trim() === ""} data-verb="assign" onClick={() => assign(person.trim())}>
        {t("incident.assignDo")}
      </button>
      <button type="button" class="button" disabled={isBusy || incident.operator.assigned === me} data-verb="assign-me" onClick={() => assign(me)}>
        {t("incident.assignMe")}
      </button>
    </div>
  );
}

function Hours({ id, label, choices, hours, onChange }: { id: string; label: string; choices: readonly number[]; hours: number; onChange: (hours: number) => void }) {
  const { t } = useTexts();
  return (
    <>
      <label for={id}>{label}</label>
      <select id={id} class="select" value={hours} onChange={(event) => onChange(Number(event.currentTarget.value))}>
        {choices.map((each) => (
          <option key={each} value={each}>
            {t("incident.hours", { count: each })}
          </option>
        ))}
      </select>
    </>
  );
}

function Shelve({ incident, isBusy, act }: ActProps) {
  const { t } = useTexts();
  const [hours, setHours] = useState(SHELVE_HOURS[0] ?? 1);
  if (incident.operator.state === "shelved") {
    return (
      <button type="button" class="button" disabled={isBusy} data-verb="unshelve" onClick={() => void act("unshelve")}>
        {t("incident.unshelve")}
      </button>
    );
  }
  return (
    <div class="field">
      <Hours id="hours" label={t("incident.shelve")} choices={SHELVE_HOURS} hours={hours} onChange={setHours} />
      <button type="button" class="button" disabled={isBusy} data-verb="shelve" onClick={() => void act("shelve", { until: untilIn(hours) })}>
        {t("incident.shelveDo")}
      </button>
    </div>
  );
}

/** From now on, for the cause: what hangs on it comes with it. */
function Maintenance({ incident, isBusy, act }: ActProps) {
  const { t } = useTexts();
  const [hours, setHours] = useState(MAINTENANCE_HOURS[1] ?? 4);
  const [announcement, setAnnouncement] = useState(NO_ANNOUNCEMENT);
  const plan = async () => {
    const window = { target: incident.cause.id, begin: new Date().toISOString(), end: untilIn(hours) };
    if (await act("maintenance", { ...window, ...announcementBody(announcement) })) setAnnouncement(NO_ANNOUNCEMENT);
  };
  return (
    <>
      <div class="actions">
        <div class="field">
          <Hours id="maintenance" label={t("incident.maintenance")} choices={MAINTENANCE_HOURS} hours={hours} onChange={setHours} />
          <button type="button" class="button" disabled={isBusy || !isSendable(announcement)} data-verb="maintenance" onClick={() => void plan()}>
            {t("incident.maintenanceDo")}
          </button>
        </div>
      </div>
      <AnnounceField value={announcement} onChange={setAnnouncement} />
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
