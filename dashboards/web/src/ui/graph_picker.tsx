// SPDX-License-Identifier: GPL-3.0-or-later
// graph_picker.tsx - finds a hotspot or device by name or id and offers the graphs that the server proposes for it.

import { useState } from "preact/hooks";
import { segment } from "../api/client";
import type { DeviceDetail, HotspotDetail } from "../api/types";
import { useTexts } from "../context";
import type { Line } from "../model/graph_view";
import { useData } from "../pages/use_data";
import { ErrorNote, Section } from "./parts";
import { ThingField, useThing } from "./thing_field";

export function GraphPicker({ isFull, most, onAdd }: { isFull: boolean; most: number; onAdd: (lines: Line[]) => void }) {
  const { t, language } = useTexts();
  const [text, setText] = useState("");
  const [choice, setChoice] = useState(0);
  const thing = useThing(text);
  const { data, problem } = useData<HotspotDetail | DeviceDetail>(thing ? `/${thing.kind}/${segment(thing.id)}` : null);
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
        <ThingField id="graph-thing" label={t("graphs.thing")} text={text} onText={type} />
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
