// SPDX-License-Identifier: GPL-3.0-or-later
// chart_body.tsx - one diagram with everything that makes it readable without seeing it: a summary, the gaps in words, and the
// table of its values, to be read or taken away. The canvas itself is loaded when the first one is shown.

import { useEffect, useRef, useState } from "preact/hooks";
import type { ChartOptions } from "../chart/chart";
import { useApp, useTexts } from "../context";
import { formatDateTime, formatDuration, formatShare, formatValue } from "../format";
import { readPalette } from "../map/palette";
import type { Annotation } from "../model/annotations";
import { columnOf, completenessOf, csvOf, gapsOf, percentileOf, summaryOf, timesOf, type SeriesAnswer } from "../model/series";
import { useStore } from "../store";
import { saveText } from "./download";
import { LineIcon } from "./icons";
import { TableFrame } from "./table";

export interface ChartProps {
  /** What the diagram is about. */
  own: SeriesAnswer;
  /** The same with the week before beside it: its columns follow, in the same order. */
  all?: SeriesAnswer;
  /** Where the drawing shows more than words and table can say: the smoke of pings, `smoke` columns before its line. */
  drawn?: SeriesAnswer;
  smoke?: number;
  unit: string;
  title: string;
  /** What a column is called; its metric's name where nothing is said. */
  nameOf?: (column: string) => string;
  span?: ChartOptions["span"];
  annotations?: readonly Annotation[];
  withPercentiles?: boolean;
  isLarge?: boolean;
  onSelect?: ChartOptions["onSelect"];
}

/** Names of all columns of `all`: those of the week before say so. */
function useNames({ own, all = own, nameOf, title }: ChartProps): string[] {
  const { t } = useTexts();
  const known = useColumnName();
  const name = nameOf ?? (own.columns.length > 1 ? known : () => title);
  return all.columns.map((column, index) => (index < own.columns.length ? name(column) : t("chart.before", { name: name(column) })));
}

/** What a metric is called beside its line: the direction where there are two. */
export function useColumnName(): (metric: string) => string {
  const { t, code } = useTexts();
  return (metric) => {
    if (metric.endsWith(".in")) return t("chart.in");
    if (metric.endsWith(".out")) return t("chart.out");
    return code("metric", metric);
  };
}

export function Legend({ names }: { names: readonly string[] }) {
  return (
    <ul class="legend-lines">
      {names.map((name, index) => (
        <li key={name}>
          <LineSample index={index} />
          {name}
        </li>
      ))}
    </ul>
  );
}

/** The colour and the dash of the line of a column. */
export function LineSample({ index }: { index: number }) {
  return (
    <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true" focusable="false">
      <line class={`line-colour-${index % 3} line-dash-${index % 4}`} x1="1" y1="4" x2="25" y2="4" />
    </svg>
  );
}

export function ChartBody(props: ChartProps) {
  const { own, all = own, unit, title, isLarge } = props;
  const { t } = useTexts();
  const names = useNames(props);
  const [row, setRow] = useState<number | null>(null);
  const isEmpty = all.rows.every((each) => each.every((value) => value === null));
  if (isEmpty) return <p class="muted chart__none">{t("chart.none")}</p>;
  return (
    <>
      {isLarge ? <Readout all={all} names={names} unit={unit} row={row} /> : null}
      <Drawing {...props} own={props.drawn ?? own} all={props.drawn ?? all} onCursor={isLarge ? setRow : undefined} />
      <Words own={own} names={names} unit={unit} withPercentiles={props.withPercentiles ?? false} />
      <Values all={all} names={names} unit={unit} title={title} />
    </>
  );
}

/** What the mouse points at; the table has the same values. */
function Readout({ all, names, unit, row }: { all: SeriesAnswer; names: readonly string[]; unit: string; row: number | null }) {
  const { language } = useTexts();
  const values = row === null ? undefined : all.rows[row];
  const time = (all.start + (row ?? 0) * all.step) * 1000;
  return (
    <p class="chart__readout" aria-hidden="true">
      {values ? `${formatDateTime(time, language)} · ${names.map((name, index) => `${name} ${formatValue(values[index], unit, language)}`).join(" · ")}` : ""}
    </p>
  );
}

const PERCENTILES = [50, 95, 99] as const;

/** One line has three levels; of several, the 95th of each. */
function levelsOf(own: SeriesAnswer, withPercentiles: boolean, nameOf: (percent: number) => string) {
  if (!withPercentiles) return [];
  const shown = own.columns.length === 1 ? PERCENTILES : ([95] as const);
  return own.columns.flatMap((_, column) =>
    shown.flatMap((percent) => {
      const value = percentileOf(columnOf(own, column), percent / 100);
      return value === null ? [] : [{ column, value, label: nameOf(percent) }];
    }),
  );
}

function Drawing({ own, all = own, smoke = 0, unit, span, annotations, withPercentiles = false, isLarge, onSelect, onCursor }: ChartProps & Pick<ChartOptions, "onCursor">) {
  const { t, language } = useTexts();
  const theme = useStore(useApp().theme);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const select = useRef(onSelect);
  select.current = onSelect;
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
      const levels = levelsOf(own, withPercentiles, (percent) => t("chart.percentile", { percent }));
      const onStretch = onSelect ? (from: number, to: number) => select.current?.(from, to) : undefined;
      const plot = createChart(box.current, all, { unit, language, palette: readPalette(), width, own, smoke, span, annotations, levels, isLarge, onSelect: onStretch, onCursor });
      destroy = () => plot.destroy();
    });
    return () => {
      isCurrent = false;
      destroy();
    };
  }, [own, all, smoke, unit, language, theme, width, span?.from, span?.to, annotations, withPercentiles, isLarge, onSelect === undefined]);
  return <div class={isLarge ? "chart__drawing is-large" : "chart__drawing"} ref={box} aria-hidden="true" />;
}

function Words({ own, names, unit, withPercentiles }: { own: SeriesAnswer; names: readonly string[]; unit: string; withPercentiles: boolean }) {
  const { t, language } = useTexts();
  const gaps = gapsOf(own).length;
  const value = (each: number | null) => formatValue(each, unit, language);
  return (
    <p class="chart__words">
      {own.columns.map((column, index) => {
        const values = columnOf(own, index);
        const { minimum, mean, maximum, last } = summaryOf(values);
        const completeness = formatShare(completenessOf(own, index), language);
        return (
          <span key={column}>
            {t("chart.summary", { name: names[index] ?? column, last: value(last), mean: value(mean), minimum: value(minimum), maximum: value(maximum), completeness })}{" "}
            {withPercentiles ? `${PERCENTILES.map((percent) => `${t("chart.percentile", { percent })} ${value(percentileOf(values, percent / 100))}`).join(", ")}. ` : ""}
          </span>
        );
      })}
      {withPercentiles ? <span>{t("chart.rows", { duration: formatDuration(own.step, language) })} </span> : null}
      {gaps > 0 ? <span>{gaps === 1 ? t("chart.gap") : t("chart.gaps", { count: gaps })}.</span> : null}
    </p>
  );
}

interface ValuesProps {
  all: SeriesAnswer;
  names: readonly string[];
  unit: string;
  title: string;
}

/** Filled only when opened: a week of values is hundreds of rows, and there are several diagrams. */
function Values(props: ValuesProps) {
  const { t } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const save = () => saveText(`${props.title}.csv`, csvOf(props.all, props.names));
  return (
    <details class="chart__table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("chart.table")}</summary>
      {isOpen ? (
        <>
          <button type="button" class="button chart__csv" onClick={save}>
            <LineIcon name="down" size={16} /> {t("inventory.csv")}
          </button>
          <ValueTable {...props} />
        </>
      ) : null}
    </details>
  );
}

function ValueTable({ all, names, unit, title }: ValuesProps) {
  const { t, language } = useTexts();
  const times = timesOf(all);
  return (
    <TableFrame label={title} scroll="is-short">
      <thead>
        <tr>
          <th scope="col">{t("chart.time")}</th>
          {names.map((name, at) => (
            <th key={at} scope="col" class="is-number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {all.rows
          .map((row, index) => (
            <tr key={index}>
              <th scope="row">{formatDateTime((times[index] ?? 0) * 1000, language)}</th>
              {names.map((_, at) => (
                <td key={at} class="is-number">
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
