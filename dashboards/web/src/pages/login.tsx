// SPDX-License-Identifier: GPL-3.0-or-later
// login.tsx - the log-in form.

import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api/client";
import { LanguageSwitch, ThemeSwitch } from "../app";
import { useApp, useTexts, useTitle } from "../context";
import { useStore } from "../store";
import { useProblemText } from "../ui/parts";

export function LoginPage({ isExpired }: { isExpired: boolean }) {
  const { t } = useTexts();
  const app = useApp();
  const config = useStore(app.city.config);
  const problemText = useProblemText();
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [isCodeWanted, setCodeWanted] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  useTitle(t("login.title"));

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem(null);
    app.client
      .logIn(String(form.get("user") ?? ""), String(form.get("password") ?? ""), String(form.get("code") ?? ""))
      .then((session) => app.session.set(session))
      .catch((failure: unknown) => {
        const kind = failure instanceof Problem ? failure.kind : "";
        setCodeWanted(kind === "second-factor" || kind === "second-factor-wrong");
        setProblem(kind === "second-factor" ? null : failure);
        if (kind === "login-failed") password.current?.select();
      })
      .finally(() => setBusy(false));
  };
  const message = (): string => {
    if (problem instanceof Problem && problem.kind === "second-factor-wrong") return t("login.codeWrong");
    if (problem instanceof Problem && problem.kind === "second-factor-missing") return t("login.codeMissing");
    if (problem instanceof Problem && problem.status === 401) return t("login.failed");
    if (problem instanceof Problem && problem.status === 429) return t("login.throttled");
    return problemText(problem);
  };
  return (
    <main id="content" class="login" tabIndex={-1}>
      <div class="login__tools">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <div class="login__card">
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>{config?.title ?? t("app.name")}</h1>
        <p class="muted">{t("login.lead")}</p>
        {isExpired && !problem ? <p class="note is-info" role="status">{t("login.expired")}</p> : null}
        <form onSubmit={submit}>
          <div class="field">
            <label for="user">{t("login.user")}</label>
            <input id="user" name="user" class="input" autocomplete="username" required maxLength={64} autocapitalize="none" spellcheck={false} />
          </div>
          <div class="field">
            <label for="password">{t("login.password")}</label>
            <input
              id="password"
              name="password"
              type="password"
              class="input"
              autocomplete="current-password"
              required
              maxLength={1024}
              ref={password}
              aria-describedby={problem ? "login-problem" : undefined}
              aria-invalid={problem ? "true" : undefined}
            />
          </div>
          {isCodeWanted ? <CodeField isWrong={problem !== null} /> : null}
          {problem ? (
            <p id="login-problem" class="note is-danger" role="alert">
              {message()}
            </p>
          ) : null}
          <button type="submit" class="button is-primary is-wide" disabled={isBusy}>
            {t("login.submit")}
          </button>
        </form>
        <p class="login__foot">
          <a href="/status/">{t("app.statusPage")}</a>
        </p>
      </div>
    </main>
  );
}

/** Comes after the password; it takes the focus, since it is all that is left to do. */
function CodeField({ isWrong }: { isWrong: boolean }) {
  const { t } = useTexts();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), [isWrong]);
  return (
    <div class="field">
      <label for="code">{t("login.code")}</label>
      <input
        id="code"
        name="code"
        class="input"
        inputmode="numeric"
        autocomplete="one-time-code"
        pattern="[0-9]{6}"
        maxLength={6}
        required
        ref={field}
        aria-describedby={isWrong ? "code-hint login-problem" : "code-hint"}
        aria-invalid={isWrong ? "true" : undefined}
      />
      <p id="code-hint" class="muted">
        {t("login.codeHint")}
      </p>
    </div>
  );
}
