// SPDX-License-Identifier: GPL-3.0-or-later
// maintenance_form.tsx - plans a maintenance window, or changes one. Times are those of the clock on the wall in Berlin.

import { useState } from "preact/hooks";
import type { Maintenance } from "../api/types";
import { useTexts } from "../context";
import type { TextKey } from "../i18n";
import { announcementBody, isSendable, NO_ANNOUNCEMENT, type Announcement } from "../model/announce";
import { fromLocal, localText } from "../model/berlin";
import { AnnounceField } from "./announce_field";
import { Muted, Section } from "./parts";
import { labelOf, ThingField, useThing } from "./thing_field";
import type { WindowCommands } from "./window_commands";

const HOUR_MS = 3_600_000;
const COMMENT_MAX = 1000;

interface Draft {
  target: string;
  begin: string;
  end: string;
  comment: string;
  announcement: Announcement;
}

/** The next full hour, for two hours: most work is planned shortly before. */
function emptyDraft(): Draft {
  const begin = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
  return { target: "", begin: localText(begin), end: localText(begin + 2 * HOUR_MS), comment: "", announcement: NO_ANNOUNCEMENT };
}

function draftOf(edited: Maintenance | null): Draft {
  if (!edited) return emptyDraft();
  const { target, target_name: name, begin, end, comment, announced } = edited;
  const announcement = { isWanted: announced !== null, de: announced?.de ?? "", en: announced?.en ?? "" };
  return { target: labelOf({ id: target, name }), begin: localText(Date.parse(begin)), end: localText(Date.parse(end)), comment, announcement };
}

export function PlanForm({ edited, commands, onLeave }: { edited: Maintenance | null; commands: WindowCommands; onLeave: () => void }) {
  const { t } = useTexts();
  const [draft, setDraft] = useState(() => draftOf(edited));
  const [wrong, setWrong] = useState<TextKey | null>(null);
  const found = useThing(draft.target);
  /** A site or a service is no proposal, but stays the target of the window that is changed. */
  const target = found?.id ?? (edited && draft.target === draftOf(edited).target ? edited.target : null);
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const submit = async (event: Event) => {
    event.preventDefault();
    const begin = fromLocal(draft.begin);
    const end = fromLocal(draft.end);
    const problem = wrongIn(target, begin, end, draft.comment);
    setWrong(problem);
    if (problem || target === null || begin === null || end === null) return;
    const body = { target, begin: new Date(begin).toISOString(), end: new Date(end).toISOString(), comment: draft.comment.trim(), ...announcementBody(draft.announcement) };
    const isDone = await (edited ? commands.change(edited, body) : commands.plan(body));
    if (!isDone) return;
    setDraft(emptyDraft());
    onLeave();
  };
  const isBusy = commands.result?.kind === "waiting";
  return (
    <Section title={t(edited ? "maintenance.change" : "maintenance.plan")} id="plan">
      {edited ? <Muted>{t("maintenance.changeHint")}</Muted> : null}
      <form class="plan-form" onSubmit={(event) => void submit(event)} noValidate>
        <div class="plan-form__fields">
          <ThingField id="window-target" label={t("maintenance.targetField")} text={draft.target} onText={(text) => set({ target: text })} />
          <Time id="window-begin" label={t("maintenance.begin")} value={draft.begin} onChange={(begin) => set({ begin })} />
          <Time id="window-end" label={t("maintenance.end")} value={draft.end} onChange={(end) => set({ end })} />
          <label class="field is-wide">
            <span>{t("maintenance.comment")}</span>
            <input id="window-comment" class="input" type="text" maxLength={COMMENT_MAX} value={draft.comment} onInput={(event) => set({ comment: event.currentTarget.value })} />
          </label>
        </div>
        <AnnounceField value={draft.announcement} onChange={(announcement) => set({ announcement })} />
        {wrong ? (
          <p class="field__problem" role="alert">
            {t(wrong)}
          </p>
        ) : null}
        <div class="window-actions">
          <button type="submit" class="button is-primary" disabled={isBusy || !isSendable(draft.announcement)}>
            {t(edited ? "maintenance.changeDo" : "maintenance.planDo")}
          </button>
          {edited ? (
            <button type="button" class="button" onClick={onLeave}>
              {t("maintenance.leave")}
            </button>
          ) : null}
        </div>
      </form>
    </Section>
  );
}

function wrongIn(target: string | null, begin: number | null, end: number | null, comment: string): TextKey | null {
  if (target === null) return "maintenance.targetWrong";
  if (begin === null || end === null || end <= begin || end <= Date.now()) return "maintenance.timesWrong";
  return comment.trim() === "" ? "maintenance.commentWrong" : null;
}

function Time({ id, label, value, onChange }: { id: string; label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <input id={id} class="input" type="datetime-local" value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}
