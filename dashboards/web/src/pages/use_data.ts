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

/** key null: nothing is read. What was read stays visible while it is read again. */
function useLoaded<T>(key: string | null, load: () => Promise<T>, everyMs: number): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [count, setCount] = useState(0);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (key === null) return;
    let isCurrent = true;
    if (shown.current !== key) setData(null);
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

/** Calls `react` on each change of the city that `select` says concerns this page. */
export function useCityEvent(react: () => void, isOurs: (ids: { incident?: string; thing?: string; members?: readonly string[] }) => boolean): void {
  const { city } = useApp();
  useEffect(() => {
    const onIncident = () => {
      const incident = city.lastIncident.get();
      if (incident && isOurs({ incident: incident.id, members: incident.members.map((member) => member.id) })) react();
    };
    const onState = () => {
      const event = city.lastState.get();
      if (event && isOurs({ thing: event.id })) react();
    };
    const ends = [city.lastIncident.subscribe(onIncident), city.lastState.subscribe(onState)];
    return () => ends.forEach((end) => end());
  }, [city]);
}
