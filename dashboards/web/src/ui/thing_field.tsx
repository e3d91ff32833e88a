// SPDX-License-Identifier: GPL-3.0-or-later
// thing_field.tsx - a field in which a hotspot or a device is found by its name or id.

import { useApp, useTexts } from "../context";
import { useStore } from "../store";

/** So many proposals while one types. */
const PROPOSALS = 20;

export interface Thing {
  kind: "hotspots" | "devices";
  id: string;
  name: string;
}

export function labelOf({ id, name }: Pick<Thing, "id" | "name">): string {
  return name === id ? id : `${name} (${id})`;
}

function useThings(): Thing[] {
  const { city } = useApp();
  const hotspots = useStore(city.hotspots);
  const nodes = useStore(city.topology)?.nodes ?? [];
  return [
    ...[...hotspots.values()].map(({ id, name }) => ({ kind: "hotspots" as const, id, name })),
    ...nodes.map(({ id, name }) => ({ kind: "devices" as const, id, name: name || id })),
  ];
}

/** What the text names, by its id or as it was proposed; undefined: nothing yet. */
export function useThing(text: string): Thing | undefined {
  const wanted = text.trim().toLowerCase();
  return useThings().find((each) => each.id.toLowerCase() === wanted || labelOf(each).toLowerCase() === wanted);
}

export function ThingField({ id, label, text, onText }: { id: string; label: string; text: string; onText: (text: string) => void }) {
  const { t } = useTexts();
  const wanted = text.trim().toLowerCase();
  const things = useThings();
  const found = wanted === "" ? [] : things.filter((each) => labelOf(each).toLowerCase().includes(wanted)).slice(0, PROPOSALS);
  return (
    <label class="field">
      <span>{label}</span>
      <input id={id} class="input" type="search" list={`${id}-found`} autocomplete="off" maxLength={120} placeholder={t("thing.hint")} value={text} onInput={(event) => onText(event.currentTarget.value)} />
      <datalist id={`${id}-found`}>
        {found.map((each) => (
          <option key={`${each.kind} ${each.id}`} value={labelOf(each)} />
        ))}
      </datalist>
    </label>
  );
}
