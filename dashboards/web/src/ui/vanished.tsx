// SPDX-License-Identifier: GPL-3.0-or-later
// vanished.tsx - a controller's tombstones: access points that it no longer lists, and nobody else either.
import type { Entity, Page } from "../api/types";
import { useTexts } from "../context";
import { useData } from "../pages/use_data";
import { Section, Since } from "./parts";
import { Table, type Column } from "./table";

const REFRESH_MS = 30_000;
const LIMIT = 1000;

/** base: the device's path in the API. */
export function Vanished({ base }: { base: string }) {
  const { t } = useTexts();
  const { data } = useData<Page<Entity>>(`${base}/entities?kind=ap&attribute=vanished&limit=${LIMIT}`, REFRESH_MS);
  const rows = data?.items ?? [];
  if (rows.length === 0) return null;
  const title = `${t("device.vanished")} (${data?.next ? `${LIMIT}+` : rows.length})`;
  const attribute = (name: string) => (row: Entity) => row.attributes[name] ?? "";
  const columns: Column<Entity>[] = [
    { id: "name", title: t("device.entity"), isHead: true, key: (row) => row.name, cell: (row) => row.name || row.id },
    { id: "mac", title: t("device.mac"), key: attribute("mac"), cell: attribute("mac") },
    { id: "serial", title: t("device.serial"), key: attribute("serial"), cell: attribute("serial") },
    { id: "since", title: t("device.since"), key: attribute("vanished"), cell: (row) => <Since time={row.attributes["vanished"]} /> },
  ];
  return (
    <Section title={title} id="vanished">
      <Table caption={title} columns={columns} rows={rows} rowId={(row) => row.id} portion={60} empty={t("device.none")} />
    </Section>
  );
}
