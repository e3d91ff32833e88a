// SPDX-License-Identifier: GPL-3.0-or-later
// graphs.tsx - any values together on one time axis, with what happened meanwhile. Everything that is shown stands in the address.

import { useMemo, useState } from "preact/hooks";
import { useApp, useNow, useTexts, useTitle } from "../context";
import { formatDateTime } from "../format";
import type { Series } from "../api/types";
import { within, type Annotation } from "../model/annotations";
import { addLines, LINES_MOST, lineText, moveBy, parseView, partOf, queryOf, SPANS, thingOf, withoutLine, zoomBy, zoomTo, type GraphView, type Line } from "../model/graph_view";
import { beside, mergeSeries, withoutRunningStep, type SeriesAnswer } from "../model/series";
import { weekBefore } from "../model/week";
import { replaceWholeQuery, type Route } from "../router";
import { useStore, type Store } from "../store";
import { AnnotationList, useAnnotations } from "../ui/annotations";
import { ChartBody, LineSample } from "../ui/chart_body";
import { GraphPicker } from "../ui/graph_picker";
import { LineIcon } from "../ui/icons";
import { ErrorNote, Loading, Muted, Section } from "../ui/parts";
import { useLoaded } from "./use_data";

export function GraphsPage({ route }: { route: Store<Route> }) {
  const { t } = useTexts();
  const { query } = useStore(route);
  const view = useMemo(() => parseView(query), [query]);
  const show = (next: GraphView) => replaceWholeQuery(route, queryOf(next));
  useTitle(t("graphs.title"));
  return (
    <div class="page">
      <header class="page-head is-plain">
        <div>
          <h1>{t("graphs.title")}</h1>
          <p class="lead">{t("graphs.lead")}</p>
        </div>
      </header>
      <GraphPicker isFull={view.lines.length >= LINES_MOST} most={LINES_MOST} onAdd={(lines) => show(addLines(view, lines))} />
      {view.lines.length === 0 ? <Muted>{t("graphs.empty")}</Muted> : <Graphs view={view} show={show} />}
    </div>
  );
}

function useLineName(): (line: Line) => string {
  const { code } = useTexts();
  const { city } = useApp();
  const hotspots = useStore(city.hotspots);
  const nodes = useStore(city.topology)?.nodes;
  return ({ ref, metric }) => {
    const id = thingOf(ref);
    const name = hotspots.get(id)?.name ?? nodes?.find((node) => node.id === id)?.name ?? id;
    return [name, partOf(ref), code("metric", metric)].filter(Boolean).join(" · ");
  };
}

interface Loaded {
  line: Line;
  unit: string;
  own: SeriesAnswer;
  /** The week before, `shift` seconds earlier. */
  before: SeriesAnswer | null;
  shift: number;
}

function pathOf({ ref, metric }: Line, from: number, to: number): string {
  return `/series?${new URLSearchParams({ entity: ref, metric, from: String(from), to: String(to) })}`;
}

/** How often a view that follows the present is read anew: a sixtieth of what it shows, within limits. */
function everyMs(span: number): number {
  return Math.min(300_000, Math.max(10_000, (span / 60) * 1000));
}

/** The end of what is shown: the present in steps, so that it does not ask again for every second. */
function useEnd(view: GraphView): number {
  const step = everyMs(view.span);
  const now = useNow();
  return view.to ?? Math.floor((Math.floor(now / step) * step) / 1000);
}

/** What is shown stays until what is asked for has come. */
function useLines(view: GraphView, to: number) {
  const { client } = useApp();
  const from = to - view.span;
  const shift = weekBefore(to);
  const load = async (line: Line): Promise<Loaded> => {
    const own = await client.get<Series>(pathOf(line, from, to));
    const before = view.withLastWeek ? await client.get<Series>(pathOf(line, from - shift, to - shift)) : null;
    return { line, unit: own.units[0] ?? "1", own, before, shift };
  };
  const key = [from, to, view.withLastWeek, ...view.lines.map(lineText)].join(" ");
  return useLoaded(key, () => Promise.all(view.lines.map(load)), 0, true);
}

function Graphs({ view, show }: { view: GraphView; show: (view: GraphView) => void }) {
  const { t } = useTexts();
  const nameOf = useLineName();
  const to = useEnd(view);
  const { data: loaded, problem, reload } = useLines(view, to);
  const annotations = useAnnotations([...new Set(view.lines.map((line) => thingOf(line.ref)))]);
  const shown = useMemo(() => within(annotations, to - view.span, to), [annotations, to, view.span]);
  const units = [...new Set(loaded?.map((each) => each.unit))];
  return (
    <>
      <Section title={t("graphs.lines")} id="lines">
        <ul class="graph-lines">
          {view.lines.map((line) => (
            <li key={lineText(line)}>
              <LineSample index={sampleOf(line, loaded)} />
              {nameOf(line)}
              <button type="button" class="button is-quiet" aria-label={t("graphs.remove", { name: nameOf(line) })} onClick={() => show(withoutLine(view, line))}>
                ✕
              </button>
            </li>
          ))}
        </ul>
      </Section>
      <section class="panel" aria-label={t("graphs.span")}>
        <Controls view={view} to={to} show={show} />
        {problem ? <ErrorNote problem={problem} retry={reload} /> : null}
        {!loaded && !problem ? <Loading /> : null}
        {units.map((unit) => (
          <Diagram key={unit} unit={unit} loaded={(loaded ?? []).filter((each) => each.unit === unit)} view={view} to={to} annotations={shown} nameOf={nameOf} show={show} />
        ))}
      </section>
      <Section title={t("annotation.title")} id="annotations">
        {shown.length > 0 ? <AnnotationList annotations={shown} /> : <Muted>{t("annotation.none")}</Muted>}
      </Section>
    </>
  );
}

/** A line's place among those of its unit decides its colour. */
function sampleOf(line: Line, loaded: readonly Loaded[] | null): number {
  const own = loaded?.find((each) => lineText(each.line) === lineText(line));
  return Math.max(0, (loaded ?? []).filter((each) => each.unit === own?.unit).findIndex((each) => each === own));
}

interface DiagramProps {
  unit: string;
  loaded: readonly Loaded[];
  view: GraphView;
  to: number;
  annotations: readonly Annotation[];
  nameOf: (line: Line) => string;
  show: (view: GraphView) => void;
}

function Diagram({ unit, loaded, view, to, annotations, nameOf, show }: DiagramProps) {
  const { t } = useTexts();
  const names = loaded.map(({ line }) => nameOf(line));
  const { own, all } = useMemo(() => {
    const merged = withoutRunningStep(mergeSeries(loaded.map((each) => each.own), names));
    const weeks = loaded.flatMap((each) => each.before ?? []);
    const isWhole = weeks.length > 0 && weeks.length === loaded.length;
    return { own: merged, all: isWhole ? beside(merged, mergeSeries(weeks, names), loaded[0]?.shift ?? 0) : merged };
  }, [names.join(), ...loaded.flatMap((each) => [each.own, each.before])]);
  const title = unit === "1" ? t("graphs.counts") : t("graphs.values", { unit: unit === "Cel" ? "°C" : unit });
  const zoom = (from: number, until: number) => show(zoomTo(view, Math.round(from), Math.round(until), Date.now() / 1000));
  return (
    <figure class="chart is-large" aria-label={title}>
      <figcaption>
        <h2>{title}</h2>
      </figcaption>
      <ChartBody
        own={own}
        all={all}
        unit={unit}
        title={title}
        nameOf={(column) => column}
        span={{ from: to - view.span, to }}
        annotations={annotations}
        withPercentiles={view.withPercentiles}
        isLarge={true}
        onSelect={zoom}
      />
    </figure>
  );
}

function Controls({ view, to, show }: { view: GraphView; to: number; show: (view: GraphView) => void }) {
  const { t, code, language } = useTexts();
  const now = () => Date.now() / 1000;
  const button = (key: "graphs.earlier" | "graphs.later" | "graphs.zoomIn" | "graphs.zoomOut", next: () => GraphView, isOff = false) => (
    <button type="button" class="button" disabled={isOff} onClick={() => show(next())}>
      {t(key)}
    </button>
  );
  const time = (seconds: number) => formatDateTime(seconds * 1000, language);
  return (
    <div class="graph-controls">
      <p class="graph-controls__shown" aria-live="polite">
        {t("graphs.shown", { from: time(to - view.span), to: time(to) })}
      </p>
      <fieldset class="switch">
        <legend class="kern-sr-only">{t("graphs.span")}</legend>
        {SPANS.map(([name, span]) => (
          <label key={name} class={span === view.span ? "is-on" : undefined}>
            <input type="radio" name="span" value={name} checked={span === view.span} onChange={() => show({ ...view, span })} />
            {code("graphs.span", name)}
          </label>
        ))}
      </fieldset>
      <div class="graph-controls__buttons">
        {button("graphs.earlier", () => moveBy(view, -0.5, now()))}
        {button("graphs.later", () => moveBy(view, 0.5, now()), view.to === null)}
        {button("graphs.zoomIn", () => zoomBy(view, 0.5, now()))}
        {button("graphs.zoomOut", () => zoomBy(view, 2, now()))}
        <button type="button" class="button" disabled={view.to === null} onClick={() => show({ ...view, to: null })}>
          {t("graphs.now")}
        </button>
      </div>
      <Choice text={t("chart.withLastWeek")} isOn={view.withLastWeek} onChange={(withLastWeek) => show({ ...view, withLastWeek })} />
      <Choice text={t("chart.withPercentiles")} isOn={view.withPercentiles} onChange={(withPercentiles) => show({ ...view, withPercentiles })} />
      <ShareLink view={view} to={to} />
    </div>
  );
}

function Choice({ text, isOn, onChange }: { text: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      {text}
    </label>
  );
}

/** The address with the end written out: who opens it tomorrow sees today. To be copied by hand, too: over plain HTTP a page may not. */
function ShareLink({ view, to }: { view: GraphView; to: number }) {
  const { t } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const link = `${location.origin}${location.pathname}#/graphs?${queryOf({ ...view, to })}`;
  return (
    <span class="share-link">
      <button type="button" class="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <LineIcon name="right" size={16} /> {t("graphs.share")}
      </button>
      {isOpen ? (
        <label class="share-link__field">
          <span class="muted">{t("graphs.shareHint")}</span>
          <input class="input" type="text" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
        </label>
      ) : null}
    </span>
  );
}
