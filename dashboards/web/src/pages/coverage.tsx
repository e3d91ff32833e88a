// SPDX-License-Identifier: GPL-3.0-or-later
// coverage.tsx - coverage by district in figures; the cells are a layer of the map.

import { Problem } from "../api/client";
import { timeOf, useApp, useTexts, useTitle } from "../context";
import { formatDateTime, formatNumber, formatShare, formatValue } from "../format";
import { coverageRows, type CoverageSummary } from "../model/coverage";
import { STATES } from "../model/state";
import { linkTo } from "../router";
import { useStore } from "../store";
import { ErrorNote, Loading, Muted } from "../ui/parts";
import { TableFrame } from "../ui/table";
import { useData, type Loaded } from "./use_data";

export function CoveragePage() {
  const { t } = useTexts();
  const { data, problem, reload } = useCoverageSummary();
  useTitle(t("coverage.title"));
  const isAbsent = problem instanceof Problem && problem.status === 404;
  return (
    <div class="page">
      <div class="page-head is-plain">
        <h1>{t("coverage.title")}</h1>
        <a class="button" href={`${linkTo("map")}?coverage=1`}>
          {t("coverage.onMap")}
        </a>
      </div>
      <p class="lead">{t("coverage.lead")}</p>
      {isAbsent ? <p class="note is-info">{t("coverage.absent")}</p> : null}
      {problem && !isAbsent && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {!data && !problem ? <Loading /> : null}
      {data ? <Figures summary={data} /> : null}
    </div>
  );
}

/** By itself where it was written, else as the cells carry it along. */
function useCoverageSummary(): Loaded<CoverageSummary> {
  const short = useData<CoverageSummary>("/coverage/summary");
  const isMissing = short.problem instanceof Problem && short.problem.status === 404;
  const long = useData<{ summary?: CoverageSummary }>(isMissing ? "/coverage" : null);
  return isMissing ? { data: long.data?.summary ?? null, problem: long.problem, reload: long.reload } : short;
}

function Figures({ summary }: { summary: CoverageSummary }) {
  const { t, language } = useTexts();
  const live = useStore(useApp().city.summary);
  const rows = coverageRows(summary);
  if (rows.length === 0) return <Muted>{t("coverage.absent")}</Muted>;
  const countOf = (id: string) => live?.districts.find((district) => district.id === id)?.hotspots ?? (id === "" ? live?.hotspots : undefined);
  return (
    <section class="panel">
      <TableFrame label={t("coverage.caption")} scroll="is-free">
        <thead>
          <tr>
            <th scope="col">{t("list.district")}</th>
            <th scope="col" class="is-number">{t("coverage.area")}</th>
            <th scope="col" class="is-number">{t("coverage.planned")}</th>
            <th scope="col" class="is-number">{t("coverage.delivered")}</th>
            <th scope="col" class="is-number">{t("hotspot.complete")}</th>
            <th scope="col" class="is-number">{t("coverage.hotspots")}</th>
            <th scope="col" class="is-number">{t("coverage.usable")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const counts = countOf(row.id ?? "");
            return (
              <tr key={row.id}>
                <th scope="row">{row.id === "" ? t("coverage.city") : row.name}</th>
                <td class="is-number">{row.area_km2 === null ? "–" : `${formatNumber(row.area_km2, language, 1)} km²`}</td>
                <td class="is-number">{formatShare(row.planned, language)}</td>
                <td class="is-number">{formatShare(row.delivered, language)}</td>
                <td class="is-number">{formatShare(row.completeness, language)}</td>
                <td class="is-number">{formatNumber(counts ? STATES.reduce((sum, state) => sum + counts[state], 0) : null, language)}</td>
                <td class="is-number">{formatNumber(counts?.usable, language)}</td>
              </tr>
            );
          })}
        </tbody>
      </TableFrame>
      {summary.threshold_dbm !== undefined ? (
        <Muted>
          {t("coverage.threshold", {
            value: formatValue(summary.threshold_dbm, "dBm", language),
            from: formatDateTime(timeOf(summary.from), language),
            to: formatDateTime(timeOf(summary.to), language),
          })}
        </Muted>
      ) : null}
    </section>
  );
}
