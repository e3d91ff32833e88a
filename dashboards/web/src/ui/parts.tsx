// SPDX-License-Identifier: GPL-3.0-or-later
// parts.tsx - the small pieces that several pages use: badges, sections, messages, definition lists.

import type { ComponentChildren } from "preact";
import { Problem } from "../api/client";
import { timeOf, useLanguage, useNow, useTexts } from "../context";
import { formatDateTime, formatDuration } from "../format";
import { stateFrom, type State } from "../model/state";
import { linkTo } from "../router";
import { StateIcon } from "./icons";

export function StateText({ state, size }: { state: string; size?: number }) {
  const { code } = useTexts();
  const known: State = stateFrom(state);
  return (
    <span class={`state-text is-${known}`}>
      <StateIcon state={known} size={size} />
      <span>{code("state", known)}</span>
    </span>
  );
}

/** The reason after the state; nothing where there is none. */
export function ReasonText({ reason }: { reason: string }) {
  const { code } = useTexts();
  return reason === "none" ? null : <span class="reason">{code("reason", reason)}</span>;
}

const SEVERITY_BARS: Record<string, number> = { critical: 4, major: 3, minor: 2, warning: 1 };

/** Four bars, as many filled as it is severe, and the word: readable without colour. */
export function Severity({ severity }: { severity: string }) {
  const { code } = useTexts();
  const filled = SEVERITY_BARS[severity] ?? 0;
  return (
    <span class={`severity is-${severity}`}>
      <svg width="18" height="14" viewBox="0 0 18 14" aria-hidden="true" focusable="false">
        {[0, 1, 2, 3].map((bar) => (
          <rect key={bar} class={bar < filled ? "is-filled" : "is-empty"} x={bar * 4.6} y={10 - bar * 3.3} width="3.4" height={4 + bar * 3.3} />
        ))}
      </svg>
      <span>{code("severity", severity)}</span>
    </span>
  );
}

/** "vor 3 min" would be wrong a minute later: the span is counted from the app's clock. */
export function Since({ time }: { time: string | null | undefined }) {
  const language = useLanguage();
  const now = useNow();
  const t = timeOf(time);
  if (t === null) return <span>–</span>;
  return (
    <time dateTime={time ?? undefined} title={formatDateTime(t, language)}>
      {formatDuration((now - t) / 1000, language)}
    </time>
  );
}

export function DateTime({ time }: { time: string | null | undefined }) {
  const language = useLanguage();
  return <time dateTime={time ?? undefined}>{formatDateTime(timeOf(time), language)}</time>;
}

export function Section({ title, id, children, actions }: { title: string; id: string; children: ComponentChildren; actions?: ComponentChildren }) {
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="panel__head">
        <h2 id={id}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

export function Facts({ items }: { items: ReadonlyArray<readonly [string, ComponentChildren]> }) {
  return (
    <dl class="facts">
      {items.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{value ?? "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Muted({ children }: { children: ComponentChildren }) {
  return <p class="muted">{children}</p>;
}

export function Loading() {
  const { t } = useTexts();
  return (
    <p class="muted" role="status">
      {t("app.loading")}
    </p>
  );
}

export function useProblemText(): (problem: unknown) => string {
  const { t } = useTexts();
  return (problem) => {
    if (!(problem instanceof Problem)) return String(problem);
    if (problem.status === 0) return t("app.error.network");
    if (problem.status === 403) return t("app.error.denied");
    if (problem.status === 404) return t("app.error.absent");
    return problem.message;
  };
}

export function ErrorNote({ problem, retry }: { problem: unknown; retry?: () => void }) {
  const { t } = useTexts();
  const text = useProblemText();
  return (
    <div class="note is-danger" role="alert">
      <p>{t("app.error", { detail: text(problem) })}</p>
      {retry ? (
        <button type="button" class="button" onClick={retry}>
          {t("app.retry")}
        </button>
      ) : null}
    </div>
  );
}

/** A link to the page of a hotspot, device or whatever an incident names; plain text for kinds without a page. */
export function ThingLink({ kind, id, name }: { kind: string; id: string; name: string }) {
  const text = name || id;
  if (kind === "hotspot") return <a href={linkTo("hotspots", id)}>{text}</a>;
  if (kind === "device") return <a href={linkTo("devices", id)}>{text}</a>;
  return <span>{text}</span>;
}
