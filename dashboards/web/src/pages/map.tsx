// SPDX-License-Identifier: GPL-3.0-or-later
// map.tsx - the map and, beside it, the list with the same entries under the same filters.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { FeatureCollection, Hotspot, Topology } from "../api/types";
import { useApp, useTexts, useTitle } from "../context";
import { formatNumber } from "../format";
import type { CityMap } from "../map/city_map";
import type { Hit, Marker } from "../map/marker_layer";
import { readPalette } from "../map/palette";
import { coverageTone } from "../model/coverage";
import { filterFrom, filterHotspots, toggleState, type Filter } from "../model/filter";
import { streetsFrom, type Position, type Street } from "../model/streets";
import { STATES, countStates, stateFrom, stateRank } from "../model/state";
import { linkTo, replaceQuery, type Route } from "../router";
import { useStore, type Store } from "../store";
import { LineIcon, StateIcon } from "../ui/icons";
import { Loading, ReasonText, Since, StateText } from "../ui/parts";
import { Table, type Column } from "../ui/table";

export function MapPage({ route }: { route: Store<Route> }) {
  const { t } = useTexts();
  const { city } = useApp();
  const { query } = useStore(route);
  const hotspots = useStore(city.hotspots);
  const isLoaded = useStore(city.isLoaded);
  const [picked, setPicked] = useState<readonly Marker[]>([]);
  const [focus, setFocus] = useState<Hotspot | null>(null);
  const filter = useMemo(() => filterFrom(query), [query]);
  const shown = useMemo(() => filterHotspots(hotspots.values(), filter), [hotspots, filter]);
  useTitle(t("map.title"));
  if (!isLoaded) return <Loading />;
  const show = (hotspot: Hotspot) => {
    setFocus({ ...hotspot });
    setPicked([markerOf(hotspot)]);
  };
  return (
    <div class="map-page">
      <h1 class="kern-sr-only">{t("map.title")}</h1>
      <MapPane startsWithCoverage={query.get("coverage") === "1"} shown={shown} picked={picked} focus={focus} filter={filter} onPick={setPicked} />
      <section class="list-pane" aria-labelledby="list-title">
        <Filters route={route} filter={filter} shown={shown.length} all={hotspots} />
        <HotspotTable hotspots={shown} selected={picked.length === 1 ? (picked[0]?.id ?? null) : null} onShow={show} />
      </section>
    </div>
  );
}

function markerOf(hotspot: Hotspot): Marker {
  const { id, name, lat, lon } = hotspot;
  return { id, kind: "hotspot", name, lat, lon, state: stateFrom(hotspot.state) };
}

const FIBRE_KINDS = new Set(["switch", "olt", "router"]);

function nodeMarkers(topology: Topology | null, filter: Filter): Marker[] {
  return (topology?.nodes ?? []).flatMap((node): Marker[] => {
    if (!FIBRE_KINDS.has(node.kind) || node.lat === null || node.lon === null) return [];
    if (filter.district !== "" && node.district !== filter.district) return [];
    return [{ id: node.id, kind: "device", name: node.name, lat: node.lat, lon: node.lon, state: stateFrom(node.state) }];
  });
}

interface MapPaneProps {
  startsWithCoverage: boolean;
  shown: readonly Hotspot[];
  picked: readonly Marker[];
  focus: Hotspot | null;
  filter: Filter;
  onPick: (markers: readonly Marker[]) => void;
}

function MapPane({ startsWithCoverage, shown, picked, focus, filter, onPick }: MapPaneProps) {
  const { t } = useTexts();
  const app = useApp();
  const config = useStore(app.city.config);
  const topology = useStore(app.city.topology);
  const theme = useStore(app.theme);
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<CityMap | null>(null);
  const [hover, setHover] = useState<Hit | null>(null);
  const [layers, setLayers] = useState({ nodes: true, links: true, coverage: startsWithCoverage });
  const coverage = useCoverage(layers.coverage);
  const ground = useGround();

  useEffect(() => {
    let made: CityMap | null = null;
    let isCurrent = true;
    const observer = new ResizeObserver(() => made?.resize());
    void import("../map/city_map").then(({ CityMap }) => {
      if (!isCurrent || !box.current) return;
      made = new CityMap(box.current, readPalette(), { onPick, onHover: setHover });
      observer.observe(box.current);
      setMap(made);
    });
    return () => {
      isCurrent = false;
      observer.disconnect();
      made?.destroy();
    };
  }, []);
  useEffect(() => {
    if (!map || !config) return;
    map.setPalette(readPalette());
    map.setGround(config, ground.streets, ground.places);
  }, [map, config, theme, ground]);
  useEffect(() => map?.setCoverage(layers.coverage ? coverage.data : null, coverageTone), [map, coverage.data, layers.coverage, theme]);
  useEffect(() => map?.setLinks(layers.links ? topology : null), [map, topology, layers.links, theme]);
  useEffect(
    () => map?.setMarkers(shown.map(markerOf), layers.nodes ? nodeMarkers(topology, filter) : []),
    [map, shown, topology, layers.nodes, filter],
  );
  useEffect(() => map?.setSelected(picked.length === 1 ? (picked[0]?.id ?? null) : null), [map, picked]);
  useEffect(() => {
    if (focus) map?.showHotspot(focus);
  }, [map, focus]);
  return (
    <div class="map-pane" role="region" aria-label={t("map.region")}>
      <div class="map-box" ref={box} />
      <MapButtons map={map} />
      {hover && hover.markers.length > 0 ? <Tip hit={hover} /> : null}
      {picked.length > 0 ? <Picked markers={picked} onClose={() => onPick([])} /> : null}
      <Legend layers={layers} onLayers={setLayers} isCoverageAbsent={coverage.isAbsent} />
    </div>
  );
}

/** Read from the hotspots once: they change their state, not their place. */
function useGround(): { streets: readonly Street[]; places: readonly Position[] } {
  const hotspots = useStore(useApp().city.hotspots);
  return useMemo(() => {
    const all = [...hotspots.values()];
    return { streets: streetsFrom(all), places: all.map(({ lat, lon }) => [lat, lon] as const) };
  }, [hotspots.size]);
}

function useCoverage(isWanted: boolean): { data: FeatureCollection | null; isAbsent: boolean } {
  const { client } = useApp();
  const [state, setState] = useState<{ data: FeatureCollection | null; isAbsent: boolean }>({ data: null, isAbsent: false });
  useEffect(() => {
    if (!isWanted || state.data) return;
    client.get<FeatureCollection>("/coverage").then(
      (data) => setState({ data, isAbsent: false }),
      () => setState({ data: null, isAbsent: true }),
    );
  }, [isWanted]);
  return state;
}

function MapButtons({ map }: { map: CityMap | null }) {
  const { t } = useTexts();
  return (
    <div class="map-buttons">
      <button type="button" class="button is-icon" aria-label={t("map.zoomIn")} title={t("map.zoomIn")} onClick={() => map?.zoom(1)}>
        <LineIcon name="plus" />
      </button>
      <button type="button" class="button is-icon" aria-label={t("map.zoomOut")} title={t("map.zoomOut")} onClick={() => map?.zoom(-1)}>
        <LineIcon name="minus" />
      </button>
      <button type="button" class="button is-icon" aria-label={t("map.whole")} title={t("map.whole")} onClick={() => map?.showAll()}>
        <LineIcon name="whole" />
      </button>
    </div>
  );
}

/** Follows the pointer over a marker; everything in it also stands in the list. */
function Tip({ hit }: { hit: Hit }) {
  const { t } = useTexts();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const style = box.current?.style;
    style?.setProperty("left", `${hit.x}px`);
    style?.setProperty("top", `${hit.y}px`);
  }, [hit]);
  const [only] = hit.markers;
  const counts = countStates(hit.markers);
  return (
    <div class="map-tip" ref={box} aria-hidden="true">
      <strong>{hit.markers.length === 1 ? only?.name : t("map.cluster", { count: hit.markers.length })}</strong>
      {STATES.filter((state) => counts[state] > 0).map((state) => (
        <span key={state} class="map-tip__row">
          <StateText state={state} size={14} />
          {hit.markers.length > 1 ? <span>{counts[state]}</span> : null}
        </span>
      ))}
    </div>
  );
}

/** What was picked on the map: one place, or those that stand too close together to tell apart. */
function Picked({ markers, onClose }: { markers: readonly Marker[]; onClose: () => void }) {
  const { t } = useTexts();
  const { city } = useApp();
  const hotspots = useStore(city.hotspots);
  const nodes = useStore(city.topology)?.nodes ?? [];
  const ranked = [...markers].sort((a, b) => stateRank(a.state) - stateRank(b.state));
  return (
    <div class="map-card" data-picked={markers.length}>
      <button type="button" class="button is-quiet map-card__close" onClick={onClose}>
        {t("app.close")}
      </button>
      <ul>
        {ranked.map((marker) => {
          const thing = marker.kind === "hotspot" ? hotspots.get(marker.id) : nodes.find((node) => node.id === marker.id);
          return (
            <li key={marker.id}>
              <a href={linkTo(marker.kind === "hotspot" ? "hotspots" : "devices", marker.id)}>{marker.name}</a>
              <span>
                <StateText state={thing?.state ?? marker.state} size={14} /> <ReasonText reason={thing?.reason ?? "none"} />
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface Layers {
  nodes: boolean;
  links: boolean;
  coverage: boolean;
}

function Legend({ layers, onLayers, isCoverageAbsent }: { layers: Layers; onLayers: (layers: Layers) => void; isCoverageAbsent: boolean }) {
  const { t } = useTexts();
  const box = (name: keyof Layers, text: string) => (
    <label class="check">
      <input type="checkbox" checked={layers[name]} onChange={(event) => onLayers({ ...layers, [name]: event.currentTarget.checked })} />
      {text}
    </label>
  );
  return (
    <details class="map-legend">
      <summary>{t("map.legend")}</summary>
      <ul>
        {STATES.map((state) => (
          <li key={state}>
            <StateText state={state} />
          </li>
        ))}
        <li class="muted">{t("map.legend.cluster")}</li>
        <li class="muted">{t("map.legend.node")}</li>
        <li class="muted">{t("map.schematic")}</li>
      </ul>
      {box("nodes", t("map.showNodes"))}
      {box("links", t("map.showLinks"))}
      {box("coverage", t("map.showCoverage"))}
      {layers.coverage ? (
        <p class="muted" role="status">
          {isCoverageAbsent ? t("coverage.absent") : t("map.legend.coverage")}
        </p>
      ) : null}
      {layers.coverage && !isCoverageAbsent ? (
        <span class="coverage-key" aria-hidden="true">
          <i class="is-good" />
          <i class="is-fair" />
          <i class="is-weak" />
        </span>
      ) : null}
    </details>
  );
}

function Filters({ route, filter, shown, all }: { route: Store<Route>; filter: Filter; shown: number; all: ReadonlyMap<string, Hotspot> }) {
  const { t, code, language } = useTexts();
  const config = useStore(useApp().city.config);
  const counts = countStates([...all.values()].map((hotspot) => ({ state: stateFrom(hotspot.state) })));
  const isFiltered = filter.states.size > 0 || filter.district !== "" || filter.text !== "";
  return (
    <div class="filters" role="search" aria-label={t("list.filter")}>
      <div class="filters__head">
        <h2 id="list-title">{t("list.title")}</h2>
        <p class="filters__count" role="status" data-shown={shown} data-total={all.size}>
          {t("list.count", { shown: formatNumber(shown, language), total: formatNumber(all.size, language) })}
        </p>
        {isFiltered ? (
          <button type="button" class="button is-quiet" onClick={() => replaceQuery(route, { state: null, district: null, q: null })}>
            {t("list.reset")}
          </button>
        ) : null}
      </div>
      <div class="filters__row">
        <div class="field">
          <label for="search">{t("list.search")}</label>
          <input
            id="search"
            class="input"
            type="search"
            value={filter.text}
            placeholder={t("list.searchHint")}
            maxLength={100}
            onInput={(event) => replaceQuery(route, { q: event.currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for="district">{t("list.district")}</label>
          <select id="district" class="select" value={filter.district} onChange={(event) => replaceQuery(route, { district: event.currentTarget.value })}>
            <option value="">{t("list.all")}</option>
            {(config?.districts ?? []).map((district) => (
              <option key={district.id} value={district.id}>
                {district.name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <fieldset class="chips">
        <legend class="kern-sr-only">{t("state")}</legend>
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            class="chip"
            aria-pressed={filter.states.has(state)}
            onClick={() => replaceQuery(route, { state: toggleState(filter, state) })}
          >
            <StateIcon state={state} />
            {code("state", state)} <strong>{formatNumber(counts[state], language)}</strong>
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function HotspotTable({ hotspots, selected, onShow }: { hotspots: readonly Hotspot[]; selected: string | null; onShow: (hotspot: Hotspot) => void }) {
  const { t, language } = useTexts();
  const columns: Column<Hotspot>[] = useMemo(
    () => [
      {
        id: "state",
        title: t("state"),
        key: (row) => stateRank(stateFrom(row.state)),
        cell: (row) => (
          <span class="two-lines">
            <StateText state={row.state} />
            <ReasonText reason={row.reason} />
          </span>
        ),
      },
      {
        id: "name",
        title: t("list.name"),
        isHead: true,
        key: (row) => row.name,
        cell: (row) => (
          <span class="two-lines">
            <a href={linkTo("hotspots", row.id)}>{row.name}</a>
            <span class="muted">{[row.site_name, row.district_name].filter(Boolean).join(", ")}</span>
          </span>
        ),
      },
      { id: "since", title: t("list.since"), isMinor: true, key: (row) => (row.since ? -Date.parse(row.since) : null), cell: (row) => <Since time={row.since} /> },
      { id: "clients", title: t("list.clients"), isNumber: true, key: (row) => row.clients, cell: (row) => formatNumber(row.clients, language) },
      {
        id: "show",
        title: t("nav.map"),
        isMinor: true,
        cell: (row) => (
          <button type="button" class="button is-icon is-quiet" aria-label={`${t("list.showOnMap")}: ${row.name}`} title={t("list.showOnMap")} onClick={() => onShow(row)}>
            <LineIcon name="pin" />
          </button>
        ),
      },
    ],
    [language],
  );
  return (
    <Table
      caption={t("list.title")}
      columns={columns}
      rows={hotspots}
      rowId={(row) => row.id}
      initialSort={{ column: "state" }}
      selected={selected}
      empty={t("list.empty")}
    />
  );
}
