// SPDX-License-Identifier: GPL-3.0-or-later
// graph_picker.tsx - finds a hotspot or device by name or id and offers the graphs that the server proposes for it.

import { useState } from "preact/hooks";
import { segment } from "../api/client";
import type { DeviceDetail, HotspotDetail } from "../api/types";
import { useApp, useTexts } from "../context";
import type { Line } from "../model/graph_view";
import { useData } from "../pages/use_data";
import { useStore } from "../store";
import { ErrorNote, Section } from "./parts";

/** So many proposals while one types. */
const PROPOSALS = 20;

interface Thing {
  id: string;
  name: string;
  path: string;
}

function useThings(): Thing[] {
  const { city } = useApp();
  const hotspots = useStore(city.hotspots);
  const nodes = useStore(city.topology)?.nodes ?? [];
  return [
    ...[...hotspots.values()].map(({ id, name }) => ({ id, name, path: `/hotspots/${segment(id)}` })),
    ...nodes.map(({ id, name }) => ({ id, name: name || id, path: `/devices/${segment(id)}` })),
  ];
}

function labelOf({ id, name }: Thing): string {
  return name === id ? id : `${name} (${id})`;
}

export function GraphPicker({ isFull, most, onAdd }: { isFull: boolean; most: number; onAdd: (lines: Line[]) => void }) {
  const { t, language } = useTexts();
  const things = useThings();
  const [text, setText] = useState("");
  const [choice, setChoice] = useState(0);
  const wanted = text.trim().toLowerCase();
  const found = wanted === "" ? [] : things.filter((each) => labelOf(each).toLowerCase().includes(wanted)).slice(0, PROPOSALS);
  const thing = things.find((each) => each.id.toLowerCase() === wanted || labelOf(each).toLowerCase() === wanted);
  const { data, problem } = useData<HotspotDetail | DeviceDetail>(thing?.path ?? null);
  const graphs = thing && data?.id === thing.id ? data.graphs : [];
  const add = (event: Event) => {
    event.preventDefault();
    const graph = graphs[choice] ?? graphs[0];
    if (graph && !isFull) onAdd(graph.metrics.map((metric) => ({ ref: graph.entity, metric })));
  };
  const type = (next: string) => {
    setText(next);
    setChoice(0);
  };
  return (
    <Section title={t("graphs.add")} id="add-graph">
      <form class="graph-picker" onSubmit={add}>
        <label class="field">
          <span>{t("graphs.thing")}</span>
          <input id="graph-thing" class="input" type="search" list="graph-things" autocomplete="off" maxLength={120} placeholder={t("graphs.thingHint")} value={text} onInput={(event) => type(event.currentTarget.value)} />
          <datalist id="graph-things">
            {found.map((each) => (
              <option key={`${each.path}`} value={labelOf(each)} />
            ))}
          </datalist>
        </label>
        <label class="field">
          <span>{t("graphs.graph")}</span>
          <select id="graph-choice" class="select" disabled={graphs.length === 0} value={choice} onChange={(event) => setChoice(Number(event.currentTarget.value))}>
            {graphs.map((graph, index) => (
              <option key={index} value={index}>
                {graph.title[language]}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button is-primary" disabled={graphs.length === 0 || isFull}>
          {t("graphs.addDo")}
        </button>
      </form>
      {isFull ? <p class="note is-warning">{t("graphs.full", { count: most })}</p> : null}
      {problem && thing ? <ErrorNote problem={problem} /> : null}
    </Section>
  );
}
