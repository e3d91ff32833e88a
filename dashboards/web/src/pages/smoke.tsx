// SPDX-License-Identifier: GPL-3.0-or-later
// smoke.tsx - how a hotspot's pings were spread, not only their median: bands over time, the loss below, both as a table too.

import { useMemo, useState } from "preact/hooks";
import type { HotspotDetail, Series } from "../api/types";
import { segment } from "../api/client";
import { useTexts, useTitle } from "../context";
import { smokeOf, smokeQuestions, type Smoke } from "../model/smoke";
import { linkTo } from "../router";
import { ChartBody, LineSample } from "../ui/chart_body";
import { RangeSwitch, REFRESH_MS, SECONDS, seriesPath, type Range } from "../ui/chart_panel";
import { LineIcon } from "../ui/icons";
import { ErrorNote, Loading, Muted, Section } from "../ui/parts";
import { useAllData, useData } from "./use_data";

export function SmokePage({ id }: { id: string }) {
  const { t } = useTexts();
  const { data, problem, reload } = useData<HotspotDetail>(`/hotspots/${segment(id)}`);
  useTitle(data ? `${t("smoke.title")} · ${data.name}` : t("smoke.title"));
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <p class="crumb">
            <a href={linkTo("hotspots", id)}>{data.name}</a> <LineIcon name="right" size={14} /> {data.district_name}
          </p>
          <h1>{t("smoke.title")}</h1>
          <p class="muted">{t("smoke.how")}</p>
        </div>
      </header>
      <SmokeSection id={id} />
    </div>
  );
}

function SmokeSection({ id }: { id: string }) {
  const { t } = useTexts();
  const [range, setRange] = useState<Range>("day");
  const { data, problem, reload } = useAllData<Series>(
    smokeQuestions().map((metrics) => seriesPath(`probe/${id}/probe`, metrics, -SECONDS[range])),
    REFRESH_MS[range],
  );
  const smoke = useMemo(() => (data ? smokeOf(data) : null), [data]);
  return (
    <Section title={t("chart.history")} id="history" actions={<RangeSwitch range={range} onChange={setRange} />}>
      {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {!data && !problem ? <Loading /> : null}
      {data && !smoke ? <Muted>{t("smoke.none")}</Muted> : null}
      {smoke ? <SmokeFigures smoke={smoke} /> : null}
    </Section>
  );
}

function SmokeFigures({ smoke }: { smoke: Smoke }) {
  const { t, code } = useTexts();
  const times = t("smoke.times");
  const loss = code("metric", "probe.icmp.loss");
  return (
    <>
      <figure class="chart smoke" aria-label={times}>
        <figcaption>
          <h3>{times}</h3>
        </figcaption>
        <SmokeLegend pings={smoke.pings} />
        <ChartBody own={smoke.told} drawn={smoke.drawn} smoke={smoke.pings} unit="s" title={times} nameOf={(column) => code("smoke", column)} />
      </figure>
      <figure class="chart" aria-label={loss}>
        <figcaption>
          <h3>{loss}</h3>
        </figcaption>
        <ChartBody own={smoke.loss} unit="%" title={loss} />
      </figure>
    </>
  );
}

function SmokeLegend({ pings }: { pings: number }) {
  const { t } = useTexts();
  return (
    <ul class="legend-lines">
      <li>
        <LineSample index={0} />
        {t("smoke.median")}
      </li>
      <li>
        <svg width="26" height="14" viewBox="0 0 26 14" aria-hidden="true" focusable="false">
          <rect class="smoke__band" x="1" y="0" width="24" height="14" />
          <rect class="smoke__band" x="1" y="3" width="24" height="8" />
          <rect class="smoke__band" x="1" y="5" width="24" height="4" />
        </svg>
        {t("smoke.bands", { count: pings })}
      </li>
    </ul>
  );
}
