// SPDX-License-Identifier: GPL-3.0-or-later
// use_data.ts - reads one thing from the server for a page, and again whenever asked to or every so often.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../context";

export interface Loaded<T> {
  data: T | null;
  problem: unknown;
  reload: () => void;
}

export function useData<T>(path: string | null, everyMs = 0): Loaded<T> {
  const { client } = useApp();
  return useLoaded(path, () => client.get<T>(path ?? ""), everyMs);
}

/** All of them or none. */
export function useAllData<T>(paths: readonly string[], everyMs = 0): Loaded<T[]> {
  const { client } = useApp();
  return useLoaded(paths.join(" "), () => Promise.all(paths.map((path) => client.get<T>(path))), everyMs);
}

/** key null: nothing is read. What was read stays visible while it is read again; keeps: also while something else is read in its
 * place (the answer then says itself what it is of). */
export function useLoaded<T>(key: string | null, load: () => Promise<T>, everyMs: number, keeps = false): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [count, setCount] = useState(0);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (key === null) return;
    let isCurrent = true;
    if (shown.current !== key && !keeps) setData(null);
    load().then(
      (answer) => {
        if (!isCurrent) return;
        shown.current = key;
        setData(answer);
        setProblem(null);
      },
      (failure: unknown) => {
        if (isCurrent) setProblem(failure);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [key, count]);
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => {
      if (!document.hidden) setCount((old) => old + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const reload = useCallback(() => setCount((old) => old + 1), []);
  return { data, problem, reload };
}

/** In a storm a page reads its thing again this often at most. */
const REACT_MS = 1_000;

/** Calls `react` after changes of the city that `select` says concern this page: at once, and in a storm every so often. */
export function useCityEvent(react: () => void, isOurs: (ids: { incident?: string; thing?: string; members?: readonly string[] }) => boolean): void {
  const { city } = useApp();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let reactedAt = 0;
    const fire = () => {
      timer = null;
      reactedAt = Date.now();
      react();
    };
    const end = city.changes.subscribe(() => {
      const { incidents, states } = city.changes.get();
      const isWanted =
        incidents.some((incident) => isOurs({ incident: incident.id, members: incident.members.map((member) => member.id) })) ||
        states.some((event) => isOurs({ thing: event.id }));
      if (isWanted) timer ??= setTimeout(fire, Math.max(0, reactedAt + REACT_MS - Date.now()));
    });
    return () => {
      end();
      if (timer) clearTimeout(timer);
    };
  }, [city]);
}
