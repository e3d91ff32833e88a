// SPDX-License-Identifier: GPL-3.0-or-later
// chart_panel.tsx - the diagrams of a hotspot or a device: their period, the week before, what happened meanwhile.

import { useMemo, useState } from "preact/hooks";
import type { Series } from "../api/types";
import { useTexts } from "../context";
import { within, type Annotation } from "../model/annotations";
import { addLines, queryOf } from "../model/graph_view";
import { fitsTogether, isPrimary, type GraphFamily, type GraphOption } from "../model/graphs";
import { beside, mergeSeries, withoutRunningStep, type SeriesAnswer } from "../model/series";
import { weekBefore } from "../model/week";
import { useAllData, useData } from "../pages/use_data";
import { linkTo } from "../router";
import { AnnotationList, useAnnotations } from "./annotations";
import { ChartBody, Legend, useColumnName } from "./chart_body";
import { ErrorNote, Loading, Muted, Section } from "./parts";

export type Range = "hour" | "day" | "week";

const RANGES: readonly Range[] = ["hour", "day", "week"];

export const SECONDS: Record<Range, number> = { hour: 3_600, day: 86_400, week: 604_800 };
export const REFRESH_MS: Record<Range, number> = { hour: 15_000, day: 60_000, week: 300_000 };

export function RangeSwitch({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  const { t, code } = useTexts();
  return (
    <fieldset class="switch">
      <legend class="kern-sr-only">{t("chart.range")}</legend>
      {RANGES.map((each) => (
        <label key={each} class={each === range ? "is-on" : undefined}>
          <input type="radio" name="range" value={each} checked={each === range} onChange={() => onChange(each)} />
          {code("chart", each)}
        </label>
      ))}
    </fieldset>
  );
}

/** With `from` and `to`: of then; without: up to now. */
export function seriesPath(entity: string, metrics: readonly string[], from: number, to: number | null = null): string {
  const query = new URLSearchParams({ entity, metric: metrics.join(","), from: String(from), ...(to === null ? {} : { to: String(to) }) });
  return `/series?${query}`;
}

const ALL = "";

/** What of the family is shown: all of it in one diagram, or the one that was chosen. */
function useChoice(family: GraphFamily) {
  const [choice, setChoice] = useState(fitsTogether(family) ? ALL : (family.options[0]?.entity ?? ""));
  const shown = choice === ALL ? family.options : family.options.filter((option) => option.entity === choice);
  return { choice, setChoice, shown };
}

function joined(answers: readonly Series[] | null, shown: readonly GraphOption[]): SeriesAnswer | null {
  const [only] = answers ?? [];
  if (!answers || !only) return null;
  return answers.length === 1 ? only : mergeSeries(answers, shown.map((option) => option.label));
}

function endOf(series: SeriesAnswer): number {
  return series.start + series.rows.length * series.step;
}

/** own: what is shown; all: with the week before beside it, once that has come. */
function useFamilySeries(family: GraphFamily, shown: readonly GraphOption[], range: Range, withLastWeek: boolean) {
  const { data, problem, reload } = useAllData<Series>(shown.map((option) => seriesPath(option.entity, family.metrics, -SECONDS[range])), REFRESH_MS[range]);
  const own = useMemo(() => {
    const series = joined(data, shown);
    return series && withoutRunningStep(series);
  }, [data]);
  const shift = own ? weekBefore(endOf(own)) : 0;
  const paths = withLastWeek && own ? shown.map((option) => seriesPath(option.entity, family.metrics, own.start - shift, endOf(own) - shift)) : [];
  const before = useAllData<Series>(paths);
  const all = useMemo(() => {
    const series = joined(before.data, shown);
    return own && series && withLastWeek ? beside(own, series, shift) : (own ?? undefined);
  }, [own, before.data, withLastWeek]);
  return { own, all, problem, reload };
}

interface PanelProps {
  family: GraphFamily;
  range: Range;
  withLastWeek: boolean;
  annotations: readonly Annotation[];
}

/** Diagrams of a hotspot or device: the ones that matter, and the others behind a fold. things: whose incidents, maintenance and
 * changes stand on their time axis. */
export function Charts({ families, things }: { families: readonly GraphFamily[]; things: readonly string[] }) {
  const { t } = useTexts();
  const [range, setRange] = useState<Range>("hour");
  const [withLastWeek, setLastWeek] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const known = useAnnotations(things);
  const now = Date.now() / 1000;
  const annotations = useMemo(() => within(known, now - SECONDS[range], now), [known, range]);
  const others = families.filter((family) => !isPrimary(family));
  const panels = (list: readonly GraphFamily[]) => (
    <div class="charts">
      {list.map((family) => (
        <ChartPanel key={family.key} family={family} range={range} withLastWeek={withLastWeek} annotations={annotations} />
      ))}
    </div>
  );
  const actions = (
    <div class="chart-actions">
      <label class="check">
        <input type="checkbox" checked={withLastWeek} onChange={(event) => setLastWeek(event.currentTarget.checked)} />
        {t("chart.withLastWeek")}
      </label>
      <RangeSwitch range={range} onChange={setRange} />
    </div>
  );
  return (
    <Section title={t("chart.history")} id="history" actions={actions}>
      {families.length === 0 ? <Muted>{t("chart.none")}</Muted> : null}
      {panels(families.filter(isPrimary))}
      {annotations.length > 0 ? <AnnotationList annotations={annotations} /> : null}
      {others.length > 0 ? (
        <details class="chart__more" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t("chart.more", { count: others.length })}</summary>
          {isOpen ? panels(others) : null}
        </details>
      ) : null}
    </Section>
  );
}

function ChartPanel({ family, range, withLastWeek, annotations }: PanelProps) {
  const { t, language } = useTexts();
  const nameOf = useColumnName();
  const { choice, setChoice, shown } = useChoice(family);
  const { own, all, problem, reload } = useFamilySeries(family, shown, range, withLastWeek);
  const title = family.title[language];
  const lines = shown.flatMap((option) => family.metrics.map((metric) => ({ ref: option.entity, metric })));
  const query = queryOf(addLines({ lines: [], span: SECONDS[range], to: null, withLastWeek, withPercentiles: false }, lines));
  return (
    <figure class="chart" aria-label={title}>
      <figcaption>
        <h3>{title}</h3>
        {family.options.length > 1 ? <Chooser family={family} choice={choice} onChoice={setChoice} /> : null}
        <a class="chart__open" href={`${linkTo("graphs")}?${query}`} aria-label={`${title}: ${t("chart.open")}`}>
          {t("chart.open")}
        </a>
      </figcaption>
      {own && own.columns.length > 1 ? <Legend names={own.columns.map(nameOf)} /> : null}
      {problem && !own ? <ErrorNote problem={problem} retry={reload} /> : null}
      {!own && !problem ? <Loading /> : null}
      {own ? <ChartBody own={own} all={all} unit={family.unit} title={title} annotations={annotations} /> : null}
    </figure>
  );
}

/** One series that a page asks for itself, with its words and its table. */
export function SeriesFigure({ path, unit, title }: { path: string; unit: string; title: string }) {
  const { data, problem, reload } = useData<Series>(path);
  return (
    <figure class="chart" aria-label={title}>
      <figcaption>
        <h3>{title}</h3>
      </figcaption>
      {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {!data && !problem ? <Loading /> : null}
      {data ? <ChartBody own={data} unit={unit} title={title} /> : null}
    </figure>
  );
}

function Chooser({ family, choice, onChoice }: { family: GraphFamily; choice: string; onChoice: (entity: string) => void }) {
  const { t, language } = useTexts();
  return (
    <select class="select is-small" aria-label={t("chart.choose", { title: family.title[language] })} value={choice} onChange={(event) => onChoice(event.currentTarget.value)}>
      {fitsTogether(family) ? <option value={ALL}>{t("chart.all")}</option> : null}
      {family.options.map((option) => (
        <option key={option.entity} value={option.entity}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
