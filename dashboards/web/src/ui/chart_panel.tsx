// SPDX-License-Identifier: GPL-3.0-or-later
// chart_panel.tsx - a diagram with everything that makes it readable without seeing it: a summary, the gaps in words, and
// the table of its values. The diagram itself is loaded when the first one is shown.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Series } from "../api/types";
import { useApp, useTexts } from "../context";
import { formatDateTime, formatShare, formatValue } from "../format";
import { readPalette } from "../map/palette";
import { fitsTogether, isPrimary, type GraphFamily, type GraphOption } from "../model/graphs";
import { columnOf, completenessOf, gapsOf, mergeSeries, summaryOf, timesOf, withoutRunningStep, type SeriesAnswer } from "../model/series";
import { useAllData, useData } from "../pages/use_data";
import { useStore } from "../store";
import { ErrorNote, Loading, Muted, Section } from "./parts";
import { TableFrame } from "./table";

type Range = "hour" | "day" | "week";

const RANGES: readonly Range[] = ["hour", "day", "week"];

const SECONDS: Record<Range, number> = { hour: 3_600, day: 86_400, week: 604_800 };
const REFRESH_MS: Record<Range, number> = { hour: 15_000, day: 60_000, week: 300_000 };

function RangeSwitch({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
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

function seriesPath(entity: string, metrics: readonly string[], range: Range): string {
  const query = new URLSearchParams({ entity, metric: metrics.join(","), from: `-${SECONDS[range]}` });
  return `/series?${query}`;
}

const ALL = "";

/** What of the family is shown: all of it in one diagram, or the one that was chosen. */
function useChoice(family: GraphFamily) {
  const [choice, setChoice] = useState(fitsTogether(family) ? ALL : (family.options[0]?.entity ?? ""));
  const shown = choice === ALL ? family.options : family.options.filter((option) => option.entity === choice);
  return { choice, setChoice, shown };
}

function useFamilySeries(family: GraphFamily, shown: readonly GraphOption[], range: Range) {
  const { data, problem, reload } = useAllData<Series>(
    shown.map((option) => seriesPath(option.entity, family.metrics, range)),
    REFRESH_MS[range],
  );
  const series = useMemo((): SeriesAnswer | null => {
    const [only] = data ?? [];
    if (!data || !only) return null;
    const merged = data.length === 1 ? only : mergeSeries(data, shown.map((option) => option.label));
    return withoutRunningStep(merged);
  }, [data]);
  return { series, problem, reload };
}

/** Diagrams of a hotspot or device: the ones that matter, and the others behind a fold. */
export function Charts({ families }: { families: readonly GraphFamily[] }) {
  const { t } = useTexts();
  const [range, setRange] = useState<Range>("hour");
  const [isOpen, setOpen] = useState(false);
  const others = families.filter((family) => !isPrimary(family));
  const panels = (list: readonly GraphFamily[]) => (
    <div class="charts">
      {list.map((family) => (
        <ChartPanel key={family.key} family={family} range={range} />
      ))}
    </div>
  );
  return (
    <Section title={t("chart.history")} id="history" actions={<RangeSwitch range={range} onChange={setRange} />}>
      {families.length === 0 ? <Muted>{t("chart.none")}</Muted> : null}
      {panels(families.filter(isPrimary))}
      {others.length > 0 ? (
        <details class="chart__more" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t("chart.more", { count: others.length })}</summary>
          {isOpen ? panels(others) : null}
        </details>
      ) : null}
    </Section>
  );
}

function ChartPanel({ family, range }: { family: GraphFamily; range: Range }) {
  const { language } = useTexts();
  const { choice, setChoice, shown } = useChoice(family);
  const { series, problem, reload } = useFamilySeries(family, shown, range);
  const title = family.title[language];
  return (
    <figure class="chart" aria-label={title}>
      <figcaption>
        <h3>{title}</h3>
        {family.options.length > 1 ? <Chooser family={family} choice={choice} onChoice={setChoice} /> : null}
      </figcaption>
      {series && series.columns.length > 1 ? <Legend series={series} /> : null}
      {problem && !series ? <ErrorNote problem={problem} retry={reload} /> : null}
      {!series && !problem ? <Loading /> : null}
      {series ? <ChartBody series={series} unit={family.unit} title={title} /> : null}
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
      {data ? <ChartBody series={data} unit={unit} title={title} /> : null}
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

/** What a metric is called beside its line: the direction where there are two. */
function useColumnName(): (metric: string) => string {
  const { t, code } = useTexts();
  return (metric) => {
    if (metric.endsWith(".in")) return t("chart.in");
    if (metric.endsWith(".out")) return t("chart.out");
    return code("metric", metric);
  };
}

function Legend({ series }: { series: SeriesAnswer }) {
  const nameOf = useColumnName();
  return (
    <ul class="legend-lines">
      {series.columns.map((column, index) => (
        <li key={column}>
          <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true" focusable="false">
            <line class={`line-colour-${index % 3} line-dash-${index % 4}`} x1="1" y1="4" x2="25" y2="4" />
          </svg>
          {nameOf(column)}
        </li>
      ))}
    </ul>
  );
}

function ChartBody({ series, unit, title }: { series: SeriesAnswer; unit: string; title: string }) {
  const { t } = useTexts();
  const isEmpty = series.rows.every((row) => row.every((value) => value === null));
  if (isEmpty) return <p class="muted chart__none">{t("chart.none")}</p>;
  return (
    <>
      <Drawing series={series} unit={unit} />
      <Words series={series} unit={unit} title={title} />
      <Values series={series} unit={unit} title={title} />
    </>
  );
}

function Drawing({ series, unit }: { series: SeriesAnswer; unit: string }) {
  const { language } = useTexts();
  const theme = useStore(useApp().theme);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width === 0) return;
    let destroy = () => undefined as void;
    let isCurrent = true;
    void import("../chart/chart").then(({ createChart }) => {
      if (!isCurrent || !box.current) return;
      const plot = createChart(box.current, series, { unit, language, palette: readPalette(), width });
      destroy = () => plot.destroy();
    });
    return () => {
      isCurrent = false;
      destroy();
    };
  }, [series, unit, language, theme, width]);
  return <div class="chart__drawing" ref={box} aria-hidden="true" />;
}

function Words({ series, unit, title }: { series: SeriesAnswer; unit: string; title: string }) {
  const { t, language } = useTexts();
  const nameOf = useColumnName();
  const gaps = gapsOf(series).length;
  const value = (each: number | null) => formatValue(each, unit, language);
  return (
    <p class="chart__words">
      {series.columns.map((column, index) => {
        const { minimum, mean, maximum, last } = summaryOf(columnOf(series, index));
        return (
          <span key={column}>
            {t("chart.summary", {
              name: series.columns.length > 1 ? nameOf(column) : title,
              last: value(last),
              mean: value(mean),
              minimum: value(minimum),
              maximum: value(maximum),
              completeness: formatShare(completenessOf(series, index), language),
            })}{" "}
          </span>
        );
      })}
      {gaps > 0 ? <span>{gaps === 1 ? t("chart.gap") : t("chart.gaps", { count: gaps })}.</span> : null}
    </p>
  );
}

/** Filled only when opened: a week of values is hundreds of rows, and there are several diagrams. */
function Values({ series, unit, title }: { series: SeriesAnswer; unit: string; title: string }) {
  const { t } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="chart__table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("chart.table")}</summary>
      {isOpen ? <ValueTable series={series} unit={unit} title={title} /> : null}
    </details>
  );
}

function ValueTable({ series, unit, title }: { series: SeriesAnswer; unit: string; title: string }) {
  const { t, language } = useTexts();
  const nameOf = useColumnName();
  const times = timesOf(series);
  return (
    <TableFrame label={title} scroll="is-short">
      <thead>
        <tr>
          <th scope="col">{t("chart.time")}</th>
          {series.columns.map((column) => (
            <th key={column} scope="col" class="is-number">
              {series.columns.length > 1 ? nameOf(column) : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {series.rows
          .map((row, index) => (
            <tr key={index}>
              <th scope="row">{formatDateTime((times[index] ?? 0) * 1000, language)}</th>
              {series.columns.map((column, at) => (
                <td key={column} class="is-number">
                  {formatValue(row[at], unit, language)}
                </td>
              ))}
            </tr>
          ))
          .reverse()}
      </tbody>
    </TableFrame>
  );
}
