// SPDX-License-Identifier: GPL-3.0-or-later
// annotations.tsx - what happened to the things of a diagram: read, and listed below it, so that nobody has to see it.

import { useMemo } from "preact/hooks";
import { segment } from "../api/client";
import type { AssetChange, Incident, Maintenance, Page } from "../api/types";
import { useApp, useTexts } from "../context";
import { formatDateTime } from "../format";
import { annotationsOf, type Annotation } from "../model/annotations";
import { useAllData, useCityEvent, useData } from "../pages/use_data";
import { linkTo } from "../router";
import { useStore } from "../store";
import { TableFrame } from "./table";

/** So many incidents of each thing, the newest. */
const INCIDENTS = 100;
const REFRESH_MS = 60_000;

/** things: ids of hotspots, devices or services. A hotspot brings its access point and its site along: their maintenance is its own. */
export function useAnnotations(things: readonly string[]): Annotation[] {
  const { city } = useApp();
  const hotspots = useStore(city.hotspots);
  const nodes = useStore(city.topology)?.nodes;
  const access = things.flatMap((id) => hotspots.get(id)?.device ?? []);
  const targets = new Set([...things, ...access, ...things.flatMap((id) => hotspots.get(id)?.site ?? [])]);
  const devices = [...new Set([...access, ...things.filter((id) => nodes?.some((node) => node.id === id))])];
  const incidents = useAllData<Page<Incident>>(things.map((id) => `/incidents?member=${segment(id)}&limit=${INCIDENTS}`), REFRESH_MS);
  const windows = useData<Page<Maintenance>>(things.length > 0 ? "/maintenance?limit=1000" : null, REFRESH_MS);
  const changes = useAllData<{ items: AssetChange[] }>(devices.map((id) => `/devices/${segment(id)}/changes`));
  useCityEvent(incidents.reload, ({ members, thing }) => things.some((id) => id === thing || (members?.includes(id) ?? false)));
  return useMemo(
    () =>
      annotationsOf(
        {
          incidents: (incidents.data ?? []).flatMap((page) => page.items),
          windows: windows.data?.items ?? [],
          changes: (changes.data ?? []).flatMap(({ items }, index) => ({ device: devices[index] ?? "", items })),
        },
        targets,
      ),
    [incidents.data, windows.data, changes.data, [...targets].join()],
  );
}

/** The sign that the diagram has at its top for it. */
function Sign({ kind }: { kind: Annotation["kind"] }) {
  return (
    <svg class={`sign is-${kind}`} width="18" height="10" viewBox="0 0 18 10" aria-hidden="true" focusable="false">
      {kind === "change" ? <path d="M4 1H14L9 9Z" /> : <path class="sign__bar" d="M1 5H17" />}
    </svg>
  );
}

export function AnnotationList({ annotations }: { annotations: readonly Annotation[] }) {
  const { t, code, language } = useTexts();
  const time = (seconds: number) => formatDateTime(seconds * 1000, language);
  return (
    <TableFrame label={t("annotation.title")} scroll="is-short" isPlain={true}>
      <thead>
        <tr>
          <th scope="col">{t("annotation.kind")}</th>
          <th scope="col">{t("annotation.text")}</th>
          <th scope="col">{t("annotation.from")}</th>
          <th scope="col">{t("annotation.until")}</th>
        </tr>
      </thead>
      <tbody>
        {annotations.map((each) => (
          <tr key={`${each.kind} ${each.id}`} data-annotation={each.kind}>
            <td>
              <Sign kind={each.kind} /> {code("annotation", each.kind)}
            </td>
            <th scope="row">{each.page ? <a href={linkTo(...each.page)}>{each.text[language]}</a> : each.text[language]}</th>
            <td>{time(each.from)}</td>
            <td>{each.kind === "change" ? "" : each.until === null ? t("annotation.open") : time(each.until)}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
