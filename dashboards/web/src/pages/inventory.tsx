// SPDX-License-Identifier: GPL-3.0-or-later
// inventory.tsx - which hardware there is, what firmware runs on it, what of it is too old or out of support.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Asset, Firmware, FirmwareModel, Page } from "../api/types";
import { useTexts, useTitle } from "../context";
import { formatNumber } from "../format";
import {
  FIRMWARE_SHAPE,
  FIRMWARE_STATUSES,
  SUPPORT_SHAPE,
  SUPPORT_STATUSES,
  assetId,
  assetsPath,
  endOfSupport,
  isVersion,
  modelName,
  oldVersions,
  type OldVersion,
} from "../model/firmware";
import type { State } from "../model/state";
import { linkTo, replaceQuery, type Route } from "../router";
import { useStore, type Store } from "../store";
import { CsvButton } from "../ui/download";
import { Day, FirmwareBadge, Reason, SupportLine, VersionBar } from "../ui/firmware";
import { StateIcon } from "../ui/icons";
import { ErrorNote, Loading, Section } from "../ui/parts";
import { Table, type Column } from "../ui/table";
import { KindText } from "./hotspot";
import { useData } from "./use_data";

const REFRESH_MS = 60_000;
const SHOWN_AT_MOST = 1000;
/** Long enough to type a version without asking for each of its digits. */
const TYPING_MS = 300;

function listLink(filter: string): string {
  return `${linkTo("inventory")}?view=list&${filter}`;
}

export function InventoryPage({ route }: { route: Store<Route> }) {
  const { t, language } = useTexts();
  const { query } = useStore(route);
  const { data, problem, reload } = useData<Firmware>("/firmware", REFRESH_MS);
  const isList = query.get("view") === "list";
  useTitle(t("inventory.title"));
  if (problem && !data) return <ErrorNote problem={problem} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <div class="page">
      <div class="page-head is-plain">
        <h1>{t("inventory.title")}</h1>
        <p class="muted">
          {t("inventory.count", { assets: formatNumber(data.assets, language), models: formatNumber(data.models.filter((each) => each.model).length, language) })}
        </p>
        <ViewSwitch isList={isList} route={route} />
      </div>
      {data.rules === 0 ? <p class="note is-info">{t("inventory.noRules")}</p> : null}
      {isList ? <AssetList firmware={data} route={route} /> : <Evaluation firmware={data} />}
    </div>
  );
}

function ViewSwitch({ isList, route }: { isList: boolean; route: Store<Route> }) {
  const { t } = useTexts();
  return (
    <fieldset class="switch">
      <legend class="kern-sr-only">{t("inventory.view")}</legend>
      {[false, true].map((each) => (
        <label key={String(each)} class={each === isList ? "is-on" : undefined}>
          <input type="radio" name="view" checked={each === isList} onChange={() => replaceQuery(route, { view: each ? "list" : null })} />
          {t(each ? "inventory.list" : "inventory.overview")}
        </label>
      ))}
    </fieldset>
  );
}

// ---- evaluation ----

function Evaluation({ firmware }: { firmware: Firmware }) {
  return (
    <>
      <Findings firmware={firmware} />
      <div class="columns is-even">
        <div>
          <OldFirmware firmware={firmware} />
        </div>
        <div>
          <EndOfSupport firmware={firmware} />
        </div>
      </div>
      <Shares firmware={firmware} />
    </>
  );
}

function FindingTile({ state, name, count, total, filter }: { state: State; name: string; count: number; total: number; filter: string }) {
  const { t, language } = useTexts();
  return (
    <li class={`tile is-${state}${count === 0 ? " is-zero" : ""}`}>
      <a href={listLink(filter)}>
        <span class="tile__name">
          <StateIcon state={state} size={20} /> {name}
        </span>
        <strong>{formatNumber(count, language)}</strong>
        <span class="tile__note">{t("inventory.ofAssets", { total: formatNumber(total, language) })}</span>
      </a>
    </li>
  );
}

function Findings({ firmware }: { firmware: Firmware }) {
  const { t, code } = useTexts();
  return (
    <section aria-labelledby="findings">
      <h2 id="findings" class="kern-sr-only">
        {t("inventory.findings")}
      </h2>
      <ul class="tiles">
        {(["too_old", "outdated", "unknown"] as const).map((status) => (
          <FindingTile
            key={status}
            state={FIRMWARE_SHAPE[status]}
            name={`${t("firmware")} ${code("firmware", status)}`}
            count={firmware.firmware[status]}
            total={firmware.assets}
            filter={`firmware=${status}`}
          />
        ))}
        {(["ended", "ends_soon"] as const).map((status) => (
          <FindingTile
            key={status}
            state={SUPPORT_SHAPE[status]}
            name={code("support", status)}
            count={firmware.support[status]}
            total={firmware.assets}
            filter={`support=${status}`}
          />
        ))}
      </ul>
    </section>
  );
}

/** The minimum that is missed, or else the recommended version. */
function Wanted({ row }: { row: OldVersion }) {
  const { t } = useTexts();
  const rule = row.model.rule;
  if (rule === null) return null;
  return row.version.firmware === "too_old" ? (
    <span class="two-lines">
      <span>
        {t("inventory.minimum")} {rule.minimum}
      </span>
      <Reason rule={rule} />
    </span>
  ) : (
    <span>
      {t("inventory.recommended")} {rule.recommended}
    </span>
  );
}

function OldFirmware({ firmware }: { firmware: Firmware }) {
  const { t, language } = useTexts();
  const columns: Column<OldVersion>[] = [
    { id: "model", title: t("inventory.model"), isHead: true, key: (row) => modelName(row.model), cell: (row) => <ModelLink model={row.model} filter={`firmware=${row.version.firmware}&`} /> },
    {
      id: "version",
      title: t("inventory.version"),
      key: (row) => row.version.version,
      cell: (row) => (
        <span class="two-lines">
          <span>{row.version.version}</span>
          <FirmwareBadge status={row.version.firmware} />
        </span>
      ),
    },
    { id: "wanted", title: t("inventory.wanted"), cell: (row) => <Wanted row={row} /> },
    { id: "assets", title: t("inventory.assets"), isNumber: true, key: (row) => row.version.assets, cell: (row) => formatNumber(row.version.assets, language) },
    { id: "hotspots", title: t("inventory.hotspots"), isNumber: true, isMinor: true, key: (row) => row.version.hotspots, cell: (row) => formatNumber(row.version.hotspots, language) },
  ];
  return (
    <Section title={t("inventory.old")} id="old-firmware">
      <Table caption={t("inventory.old")} columns={columns} rows={oldVersions(firmware)} rowId={(row) => `${modelName(row.model)} ${row.version.version}`} empty={t("inventory.oldNone")} />
    </Section>
  );
}

function ModelLink({ model, filter = "" }: { model: FirmwareModel; filter?: string }) {
  const { t } = useTexts();
  return (
    <span class="two-lines">
      {model.model ? <a class="model-name" href={listLink(`${filter}model=${encodeURIComponent(model.model)}`)}>{model.model}</a> : <span>{t("inventory.modelUnknown")}</span>}
      <span class="muted">{model.vendor}</span>
    </span>
  );
}

function EndOfSupport({ firmware }: { firmware: Firmware }) {
  const { t, language } = useTexts();
  const columns: Column<FirmwareModel>[] = [
    { id: "model", title: t("inventory.model"), isHead: true, key: modelName, cell: (row) => <ModelLink model={row} /> },
    { id: "end", title: t("inventory.support"), key: (row) => row.rule?.days_left, cell: (row) => <SupportLine rule={row.rule} status={row.support} /> },
    { id: "sale", title: t("inventory.sale"), isMinor: true, key: (row) => row.rule?.end_of_sale, cell: (row) => <Day day={row.rule?.end_of_sale ?? null} /> },
    { id: "assets", title: t("inventory.assets"), isNumber: true, key: (row) => row.assets, cell: (row) => formatNumber(row.assets, language) },
    { id: "source", title: t("inventory.source"), isMinor: true, cell: (row) => <SourceLink model={row} /> },
  ];
  return (
    <Section title={t("inventory.support")} id="end-of-support">
      <Table caption={t("inventory.support")} columns={columns} rows={endOfSupport(firmware)} rowId={modelName} initialSort={{ column: "end" }} empty={t("inventory.supportNone")} />
    </Section>
  );
}

function SourceLink({ model }: { model: FirmwareModel }) {
  const { t } = useTexts();
  if (!model.rule?.source) return <span>–</span>;
  return (
    <a href={model.rule.source} rel="noreferrer" aria-label={t("inventory.sourceOf", { model: modelName(model) })}>
      {t("inventory.source")}
    </a>
  );
}

function Shares({ firmware }: { firmware: Firmware }) {
  const { t, language } = useTexts();
  const columns: Column<FirmwareModel>[] = [
    { id: "model", title: t("inventory.model"), isHead: true, key: (row) => modelName(row) || null, cell: (row) => <ModelLink model={row} /> },
    { id: "versions", title: t("inventory.versions"), cell: (row) => <VersionBar model={row} /> },
    { id: "assets", title: t("inventory.assets"), isNumber: true, key: (row) => row.assets, cell: (row) => formatNumber(row.assets, language) },
    {
      id: "hotspots",
      title: t("inventory.hotspots"),
      isNumber: true,
      isMinor: true,
      key: (row) => row.hotspots,
      cell: (row) => <span title={t("inventory.hotspotsHint")}>{formatNumber(row.hotspots, language)}</span>,
    },
  ];
  return (
    <Section title={t("inventory.shares")} id="shares" actions={<CsvButton path="/firmware" name="firmware.csv" />}>
      <p class="muted">{t("inventory.sharesHint")}</p>
      <Table caption={t("inventory.shares")} columns={columns} rows={firmware.models} rowId={modelName} initialSort={{ column: "assets", descending: true }} empty={t("inventory.none")} />
    </Section>
  );
}

// ---- list ----

/** What is being typed; the address follows when the typing rests. */
function useTyped(route: Store<Route>, name: string): [string, (text: string) => void] {
  const inAddress = useStore(route).query.get(name) ?? "";
  const [text, setText] = useState(inAddress);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setText(inAddress), [inAddress]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => replaceQuery(route, { [name]: next }), TYPING_MS);
  };
  return [text, type];
}

function AssetList({ firmware, route }: { firmware: Firmware; route: Store<Route> }) {
  const { t } = useTexts();
  const { query } = useStore(route);
  const path = assetsPath(query);
  const joint = path.includes("?") ? "&" : "?";
  const { data, problem, reload } = useData<Page<Asset>>(`${path}${joint}limit=${SHOWN_AT_MOST}`, REFRESH_MS);
  const columns = useColumns();
  return (
    <>
      <Filters firmware={firmware} route={route} />
      <section class="panel" aria-labelledby="found">
        <div class="panel__head">
          <p id="found" class="panel__count" role="status" data-found={data ? data.items.length : undefined}>
            <Found page={data} />
          </p>
          <CsvButton path={path} name="devices.csv" />
        </div>
        {problem && !data ? <ErrorNote problem={problem} retry={reload} /> : null}
        {data ? (
          <Table caption={t("inventory.title")} columns={columns} rows={data.items} rowId={assetId} initialSort={{ column: "version" }} empty={t("inventory.none")} />
        ) : problem ? null : (
          <Loading />
        )}
      </section>
    </>
  );
}

function Found({ page }: { page: Page<Asset> | null }) {
  const { t, language } = useTexts();
  if (!page) return null;
  return <>{t(page.next === null ? "inventory.found" : "inventory.foundMore", { count: formatNumber(page.items.length, language) })}</>;
}

function Choice({ id, title, route, options, textOf }: { id: string; title: string; route: Store<Route>; options: readonly string[]; textOf: (option: string) => string }) {
  const { t } = useTexts();
  const { query } = useStore(route);
  return (
    <div class="field">
      <label for={id}>{title}</label>
      <select id={id} class="select" value={query.get(id) ?? ""} onChange={(event) => replaceQuery(route, { [id]: event.currentTarget.value })}>
        <option value="">{t("list.all")}</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {textOf(option)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Filters({ firmware, route }: { firmware: Firmware; route: Store<Route> }) {
  const { t, code } = useTexts();
  const [text, typeText] = useTyped(route, "q");
  const [version, typeVersion] = useTyped(route, "older_than");
  const isWrong = version !== "" && !isVersion(version);
  const models = [...new Set(firmware.models.map((each) => each.model ?? "").filter(Boolean))].sort();
  const reset = () => replaceQuery(route, { q: null, older_than: null, model: null, firmware: null, support: null, district: null, kind: null });
  return (
    <div class="filters__row is-wide" role="search" aria-label={t("list.filter")}>
      <div class="field">
        <label for="q">{t("list.search")}</label>
        <input id="q" class="input" type="search" placeholder={t("inventory.search")} value={text} maxLength={100} onInput={(event) => typeText(event.currentTarget.value)} />
      </div>
      <Choice id="model" title={t("inventory.model")} route={route} options={models} textOf={(model) => model} />
      <div class="field">
        <label for="older_than">{t("inventory.olderThan")}</label>
        <input
          id="older_than"
          class="input"
          value={version}
          maxLength={64}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={isWrong}
          aria-describedby={isWrong ? "older_than-hint" : undefined}
          onInput={(event) => typeVersion(event.currentTarget.value)}
        />
        {isWrong ? (
          <span id="older_than-hint" class="field__problem">
            {t("inventory.olderThanHint")}
          </span>
        ) : null}
      </div>
      <Choice id="firmware" title={t("inventory.rating")} route={route} options={FIRMWARE_STATUSES} textOf={(each) => code("firmware", each)} />
      <Choice id="support" title={t("support")} route={route} options={SUPPORT_STATUSES} textOf={(each) => code("support", each)} />
      <button type="button" class="button is-quiet" onClick={reset}>
        {t("inventory.reset")}
      </button>
    </div>
  );
}

function useColumns(): Column<Asset>[] {
  const { t, language } = useTexts();
  return [
    {
      id: "name",
      title: t("list.name"),
      isHead: true,
      key: (row) => row.name ?? row.device,
      cell: (row) => (
        <span class="two-lines">
          <a href={linkTo("devices", row.device)}>{row.name ?? row.device}</a>
          <span class="muted">{row.entity === null ? row.site_name : row.device}</span>
        </span>
      ),
    },
    { id: "kind", title: t("device.kind"), isMinor: true, key: (row) => row.kind, cell: (row) => <KindText kind={row.kind} /> },
    {
      id: "model",
      title: t("inventory.model"),
      key: (row) => modelName(row) || null,
      cell: (row) => (
        <span class="two-lines">
          <span>{row.model ?? "–"}</span>
          <span class="muted">{row.vendor}</span>
        </span>
      ),
    },
    {
      id: "version",
      title: t("firmware"),
      key: (row) => row.version,
      cell: (row) => (
        <span class="two-lines">
          <span>{row.version ?? "–"}</span>
          <FirmwareBadge status={row.firmware} />
        </span>
      ),
    },
    { id: "recommended", title: t("inventory.recommended"), isMinor: true, key: (row) => row.rule?.recommended, cell: (row) => row.rule?.recommended ?? "–" },
    { id: "serial", title: t("device.serial"), isMinor: true, key: (row) => row.serial, cell: (row) => row.serial ?? "–" },
    { id: "support", title: t("inventory.support"), isMinor: true, key: (row) => row.rule?.days_left, cell: (row) => <SupportLine rule={row.rule} status={row.support} /> },
    { id: "hotspots", title: t("inventory.hotspots"), isNumber: true, isMinor: true, key: (row) => row.hotspots, cell: (row) => formatNumber(row.hotspots, language) },
  ];
}
