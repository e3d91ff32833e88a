// SPDX-License-Identifier: GPL-3.0-or-later
// chart_panel.tsx - a diagram with everything that makes it readable without seeing it: a summary, the gaps in words, and
// the table of its values. The diagram itself is loaded when the first one is shown.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Graph, Series } from "../api/types";
import { useApp, useTexts } from "../context";
import { formatDateTime, formatShare, formatValue } from "../format";
import { readPalette } from "../map/palette";
import { columnOf, completenessOf, gapsOf, summaryOf, timesOf } from "../model/series";
import { useData } from "../pages/use_data";
import { useStore } from "../store";
import { ErrorNote, Loading } from "./parts";

export type Range = "hour" | "day" | "week";

export const RANGES: readonly Range[] = ["hour", "day", "week"];

const SECONDS: Record<Range, number> = { hour: 3_600, day: 86_400, week: 604_800 };
const REFRESH_MS: Record<Range, number> = { hour: 15_000, day: 60_000, week: 300_000 };

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

function seriesPath(graph: Graph, range: Range): string {
  const query = new URLSearchParams({ entity: graph.entity, metric: graph.metrics.join(","), from: `-${SECONDS[range]}` });
  return `/series?${query}`;
}

export function ChartPanel({ graph, range }: { graph: Graph; range: Range }) {
  const { language } = useTexts();
  const { data, problem, reload } = useData<Series>(seriesPath(graph, range), REFRESH_MS[range]);
  return (
    <figure class="chart" aria-label={graph.title[language]}>
      <figcaption>
        <h3>{graph.title[language]}</h3>
        {data && graph.metrics.length > 1 ? <Legend series={data} /> : null}
      </figcaption>
      {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
      {!data && !problem ? <Loading /> : null}
      {data ? <ChartBody series={data} unit={graph.unit} title={graph.title[language]} /> : null}
    </figure>
  );
}

/** What a metric is called beside its line: direction where there are two. */
function useColumnName(): (metric: string) => string {
  const { t, code } = useTexts();
  return (metric) => {
    if (metric.endsWith(".in")) return t("chart.in");
    if (metric.endsWith(".out")) return t("chart.out");
    return code("metric", metric);
  };
}

function Legend({ series }: { series: Series }) {
  const nameOf = useColumnName();
  return (
    <ul class="legend-lines">
      {series.columns.map((column, index) => (
        <li key={column}>
          <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true" focusable="false">
            <line class={`line-${(index % 3) + 1}`} x1="1" y1="4" x2="25" y2="4" />
          </svg>
          {nameOf(column)}
        </li>
      ))}
    </ul>
  );
}

function ChartBody({ series, unit, title }: { series: Series; unit: string; title: string }) {
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

function Drawing({ series, unit }: { series: Series; unit: string }) {
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

function Words({ series, unit, title }: { series: Series; unit: string; title: string }) {
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
function Values({ series, unit, title }: { series: Series; unit: string; title: string }) {
  const { t } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="chart__table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("chart.table")}</summary>
      {isOpen ? <ValueTable series={series} unit={unit} title={title} /> : null}
    </details>
  );
}

function ValueTable({ series, unit, title }: { series: Series; unit: string; title: string }) {
  const { t, language } = useTexts();
  const nameOf = useColumnName();
  const times = timesOf(series);
  return (
    <div class="table-scroll is-short" role="group" aria-label={title} tabIndex={0}>
      <table class="table">
        <caption class="kern-sr-only">{title}</caption>
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
      </table>
    </div>
  );
}
