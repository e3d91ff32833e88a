// SPDX-License-Identifier: GPL-3.0-or-later
// poll_now.tsx - a button that has a device polled at once, and says when that is over.

import { useState } from "preact/hooks";
import { newKey } from "../api/client";
import { useApp, useTexts } from "../context";
import { mayAct } from "../model/role";
import { useStore } from "../store";
import { useProblemText } from "./parts";

type Result = { kind: "waiting" | "done" | "slow" } | { kind: "failed"; text: string };

/** path: "/devices/sw-1". Nothing for who may not act. */
export function PollNow({ path, onDone }: { path: string; onDone: () => void }) {
  const { t, code } = useTexts();
  const { client, city, session } = useApp();
  const who = useStore(session);
  const textOf = useProblemText();
  const [result, setResult] = useState<Result | null>(null);
  if (!mayAct(who)) return null;
  const poll = async () => {
    setResult({ kind: "waiting" });
    try {
      const command = await client.command(`${path}/poll`, {}, newKey());
      const { outcome, problem } = await city.outcomeOf(command);
      setResult(outcome === "refused" ? { kind: "failed", text: problem } : { kind: outcome });
      onDone();
    } catch (problem) {
      setResult({ kind: "failed", text: textOf(problem) });
    }
  };
  return (
    <span class="poll-now">
      <button type="button" class="button" disabled={result?.kind === "waiting"} onClick={() => void poll()}>
        {t("poll.now")}
      </button>
      <span role="status" data-poll={result?.kind} class={result?.kind === "failed" ? "field__problem" : "muted"}>
        {result?.kind === "failed" ? t("app.error", { detail: result.text }) : result ? code("poll", result.kind) : ""}
      </span>
    </span>
  );
}
