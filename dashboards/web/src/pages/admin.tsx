// SPDX-License-Identifier: GPL-3.0-or-later
// admin.tsx - for administrators: accounts, access tokens, and who did what.

import { useState } from "preact/hooks";
import { Problem, segment } from "../api/client";
import type { AccessToken, AuditEntry, Page, Role, User } from "../api/types";
import { timeOf, useApp, useTexts, useTitle } from "../context";
import { mayAdminister } from "../model/role";
import { linkTo } from "../router";
import { useStore } from "../store";
import { DateTime, ErrorNote, Loading, Muted, Section, useProblemText } from "../ui/parts";
import { Table, type Column } from "../ui/table";
import { useData } from "./use_data";

const TOKEN_ROLES: readonly Role[] = ["operator", "noc", "planner"];
const TOKEN_DAYS = [30, 365, 3650];
const DAY_MS = 86_400_000;
const NAME_PATTERN = "[a-z0-9][a-z0-9._\\-]{0,57}";

export function AdminPage() {
  const { t } = useTexts();
  const session = useStore(useApp().session);
  useTitle(t("admin.title"));
  if (!mayAdminister(session)) return <ErrorNote problem={new Problem(403, "forbidden", "")} />;
  return (
    <div class="page">
      <div class="page-head is-plain">
        <h1>{t("admin.title")}</h1>
      </div>
      <Users />
      <Tokens />
      <Audit />
    </div>
  );
}

// ---- accounts

function Users() {
  const { t, code } = useTexts();
  const { data, problem, reload } = useData<Page<User>>("/users");
  const columns: ReadonlyArray<Column<User>> = [
    { id: "user", title: t("admin.user"), cell: (row) => row.user, key: (row) => row.user, isHead: true },
    { id: "role", title: t("admin.role"), cell: (row) => code("role", row.role), key: (row) => row.role },
    { id: "created", title: t("admin.created"), cell: (row) => <DateTime time={row.created} />, key: (row) => timeOf(row.created), isMinor: true },
    { id: "login", title: t("admin.lastLogin"), cell: (row) => <DateTime time={row.last_login} />, key: (row) => timeOf(row.last_login) },
    { id: "factor", title: t("admin.secondFactor"), cell: (row) => t(row.has_second_factor ? "admin.hasFactor.true" : "admin.hasFactor.false"), isMinor: true },
    { id: "sessions", title: t("admin.sessions"), cell: (row) => row.sessions, key: (row) => row.sessions, isNumber: true },
  ];
  return (
    <Section title={t("admin.users")} id="users">
      {problem ? <ErrorNote problem={problem} retry={reload} /> : null}
      {data ? <Table caption={t("admin.users")} columns={columns} rows={data.items} rowId={(row) => row.user} empty={t("admin.noUsers")} /> : <Loading />}
      <Muted>{t("admin.usersHint")}</Muted>
    </Section>
  );
}

// ---- access tokens

function Tokens() {
  const { t, code } = useTexts();
  const { client } = useApp();
  const { data, problem, reload } = useData<Page<AccessToken>>("/tokens");
  const [failure, setFailure] = useState<unknown>(null);
  const revoke = (name: string) => {
    if (!confirm(t("admin.revokeAsk", { name }))) return;
    client.remove(`/tokens/${segment(name)}`).then(reload, setFailure);
  };
  const columns: ReadonlyArray<Column<AccessToken>> = [
    { id: "name", title: t("admin.tokenName"), cell: (row) => row.name, key: (row) => row.name, isHead: true },
    { id: "role", title: t("admin.role"), cell: (row) => code("role", row.role), key: (row) => row.role },
    { id: "scope", title: t("admin.scope"), cell: (row) => code("admin.scope", row.scope), key: (row) => row.scope },
    { id: "expires", title: t("admin.expires"), cell: (row) => <DateTime time={row.expires} />, key: (row) => timeOf(row.expires) },
    { id: "used", title: t("admin.lastUsed"), cell: (row) => <DateTime time={row.last_used} />, key: (row) => timeOf(row.last_used), isMinor: true },
    {
      id: "revoke",
      title: t("admin.revoke"),
      cell: (row) => (
        <button type="button" class="button is-quiet" aria-label={t("admin.revokeNamed", { name: row.name })} onClick={() => revoke(row.name)}>
          {t("admin.revoke")}
        </button>
      ),
    },
  ];
  return (
    <Section title={t("admin.tokens")} id="tokens">
      <Muted>{t("admin.tokensLead")}</Muted>
      {problem || failure ? <ErrorNote problem={problem ?? failure} retry={reload} /> : null}
      {data ? <Table caption={t("admin.tokens")} columns={columns} rows={data.items} rowId={(row) => row.name} empty={t("admin.noTokens")} /> : <Loading />}
      <IssueToken onIssued={reload} />
    </Section>
  );
}

function IssueToken({ onIssued }: { onIssued: () => void }) {
  const { t, code } = useTexts();
  const { client } = useApp();
  const problemText = useProblemText();
  const [issued, setIssued] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const text = (name: string) => String(new FormData(form).get(name) ?? "");
    const expires = new Date(Date.now() + Number(text("days")) * DAY_MS - DAY_MS / 24).toISOString();
    setIssued(null);
    setProblem(null);
    client.post<{ token: string }>("/tokens", { name: text("name"), role: text("role"), scope: text("scope"), expires }).then(({ token }) => {
      setIssued(token);
      form.querySelector<HTMLInputElement>("#token-name")!.value = "";
      onIssued();
    }, setProblem);
  };
  const message = (): string => (problem instanceof Problem && problem.status === 409 ? t("admin.tokenExists") : problemText(problem));
  return (
    <form class="token-form" onSubmit={submit}>
      <h3>{t("admin.newToken")}</h3>
      <div class="actions">
        <div class="field">
          <label for="token-name">{t("admin.tokenName")}</label>
          <input id="token-name" name="name" class="input" required maxLength={58} pattern={NAME_PATTERN} title={t("admin.nameRule")} autocomplete="off" spellcheck={false} />
        </div>
        <div class="field">
          <label for="token-role">{t("admin.role")}</label>
          <select id="token-role" name="role" class="select">
            {TOKEN_ROLES.map((role) => (
              <option key={role} value={role}>
                {code("role", role)}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="token-scope">{t("admin.scope")}</label>
          <select id="token-scope" name="scope" class="select">
            <option value="read">{t("admin.scope.read")}</option>
            <option value="write">{t("admin.scope.write")}</option>
          </select>
        </div>
        <div class="field">
          <label for="token-days">{t("admin.validFor")}</label>
          <select id="token-days" name="days" class="select">
            {TOKEN_DAYS.map((days) => (
              <option key={days} value={days} selected={days === 365}>
                {t("admin.days", { count: days })}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" class="button is-primary">
          {t("admin.issue")}
        </button>
      </div>
      {problem ? (
        <p class="note is-danger" role="alert">
          {message()}
        </p>
      ) : null}
      <div role="status">{issued ? <Issued token={issued} /> : null}</div>
    </form>
  );
}

/** Shown this once: the server keeps only its hash. */
function Issued({ token }: { token: string }) {
  const { t } = useTexts();
  return (
    <div class="note is-info token-issued" data-issued>
      <p>{t("admin.issued")}</p>
      <p>
        <code class="token">{token}</code>
      </p>
      <p>{t("admin.kiosk")}</p>
      <p>
        <code class="token">{`${location.origin}${location.pathname}${linkTo("kiosk", token)}`}</code>
      </p>
    </div>
  );
}

// ---- audit log

function Audit() {
  const { t, code } = useTexts();
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const at = cursors.at(-1);
  const { data, problem, reload } = useData<Page<AuditEntry> & { intact: boolean }>(`/audit?limit=50${at ? `&cursor=${segment(at)}` : ""}`);
  const columns: ReadonlyArray<Column<AuditEntry>> = [
    { id: "at", title: t("admin.at"), cell: (row) => <DateTime time={row.at} />, isHead: true },
    { id: "user", title: t("admin.user"), cell: (row) => row.user || "–" },
    { id: "action", title: t("admin.action"), cell: (row) => code("admin.action", row.action) },
    { id: "object", title: t("admin.object"), cell: (row) => row.object || "–" },
    { id: "address", title: t("admin.address"), cell: (row) => row.address, isMinor: true },
  ];
  return (
    <Section title={t("admin.audit")} id="audit">
      {problem ? <ErrorNote problem={problem} retry={reload} /> : null}
      {data ? (
        <>
          <p class={data.intact ? "muted" : "note is-danger"} data-intact={data.intact}>
            <span class={`verdict is-${data.intact ? "ok" : "failed"}`}>{data.intact ? "✓ " : "! "}</span>
            {t(data.intact ? "admin.intact" : "admin.broken")}
          </p>
          <Table caption={t("admin.audit")} columns={columns} rows={data.items} rowId={(row) => String(row.number)} empty={t("admin.noAudit")} />
          {cursors.length > 0 || data.next !== null ? <Pager cursors={cursors} next={data.next} onMove={setCursors} /> : null}
        </>
      ) : (
        <Loading />
      )}
    </Section>
  );
}

function Pager({ cursors, next, onMove }: { cursors: readonly string[]; next: string | null; onMove: (cursors: readonly string[]) => void }) {
  const { t } = useTexts();
  return (
    <div class="actions">
      <button type="button" class="button" disabled={cursors.length === 0} onClick={() => onMove(cursors.slice(0, -1))}>
        {t("admin.newer")}
      </button>
      <button type="button" class="button" disabled={next === null} onClick={() => next !== null && onMove([...cursors, next])}>
        {t("admin.older")}
      </button>
    </div>
  );
}
