// SPDX-License-Identifier: GPL-3.0-or-later
// window_commands.tsx - plans, changes and ends maintenance windows, and remembers what became of it.

import { useState } from "preact/hooks";
import { newKey, segment } from "../api/client";
import type { Maintenance } from "../api/types";
import type { Outcome } from "../city";
import { useApp } from "../context";
import { announcementBody } from "../model/announce";

export type WindowBody = Record<string, string | boolean>;
type Done = "planned" | "changed" | "ended";
export type WindowResult = { kind: "waiting" | Done | "slow" } | { kind: "failed"; problem: unknown };

export interface WindowCommands {
  result: WindowResult | null;
  /** Takes back what was done last, where that can be. */
  undo: (() => Promise<void>) | null;
  /** True: it is planned. */
  plan: (body: WindowBody) => Promise<boolean>;
  change: (old: Maintenance, body: WindowBody) => Promise<boolean>;
  end: (window: Maintenance) => Promise<void>;
}

/** A refusal is a problem whose words the alerting daemon chose. */
function refusal({ outcome, problem }: Outcome): Error | null {
  return outcome === "refused" ? new Error(problem) : null;
}

export function useWindowCommands(reload: () => void): WindowCommands {
  const { client, city } = useApp();
  const [result, setResult] = useState<WindowResult | null>(null);
  const [ended, setEnded] = useState<Maintenance | null>(null);
  /** Runs the steps in order; the first that is refused ends it. */
  const run = async (done: Done, steps: ReadonlyArray<() => Promise<string>>): Promise<boolean> => {
    setEnded(null);
    setResult({ kind: "waiting" });
    try {
      let isSlow = false;
      for (const step of steps) {
        const outcome = await city.outcomeOf(await step());
        const problem = refusal(outcome);
        if (problem) throw problem;
        isSlow ||= outcome.outcome === "slow";
      }
      setResult({ kind: isSlow ? "slow" : done });
      return true;
    } catch (problem) {
      setResult({ kind: "failed", problem });
      return false;
    } finally {
      reload();
    }
  };
  const add = (body: WindowBody) => () => client.command("/maintenance", body, newKey());
  const remove = (id: string) => () => client.commandRemove(`/maintenance/${segment(id)}`);
  const plan = (body: WindowBody) => run("planned", [add(body)]);
  return {
    result,
    plan,
    // The new one first: if it is refused, the old one still holds.
    change: (old, body) => run("changed", [add(body), remove(old.id)]),
    end: async (window) => {
      if (await run("ended", [remove(window.id)])) setEnded(window);
    },
    undo: ended && Date.parse(ended.end) > Date.now() ? async () => void (await plan(bodyOf(ended))) : null,
  };
}

/** The window anew. */
function bodyOf({ target, begin, end, comment, announced }: Maintenance): WindowBody {
  const told = announcementBody({ isWanted: announced !== null, de: announced?.de ?? "", en: announced?.en ?? "" });
  return { target, begin, end, comment, ...told };
}
