// SPDX-License-Identifier: GPL-3.0-or-later
// table.tsx - a table that sorts by its column heads and shows long lists in portions.

import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useTexts } from "../context";
import { localeOf } from "../format";
import { sortRows, type SortKey } from "../model/sort";
import { LineIcon } from "./icons";

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** What the column sorts by; without it, it does not sort. */
  key?: (row: Row) => SortKey;
  isNumber?: boolean;
  /** The cell that names the row. */
  isHead?: boolean;
  /** Left out where the table is narrow; the row's own page has it. */
  isMinor?: boolean;
}

interface FrameProps {
  /** What the table is called, for those who do not see it. */
  label: string;
  /** is-free: as high as it is; is-short: a few rows, the others by scrolling. */
  scroll?: "is-free" | "is-short";
  isPlain?: boolean;
  children: ComponentChildren;
}

/** The frame of every table: it scrolls by itself where the page is too narrow, by keyboard, too. */
export function TableFrame({ label, scroll, isPlain, children }: FrameProps) {
  return (
    <div class={scroll ? `table-scroll ${scroll}` : "table-scroll"} role="group" aria-label={label} tabIndex={0}>
      <table class={isPlain ? "table is-plain" : "table"}>
        <caption class="kern-sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

interface TableProps<Row> {
  caption: string;
  columns: ReadonlyArray<Column<Row>>;
  rows: readonly Row[];
  rowId: (row: Row) => string;
  initialSort?: { column: string; descending?: boolean };
  portion?: number;
  selected?: string | null;
  empty: string;
}

export function Table<Row>({ caption, columns, rows, rowId, initialSort, portion = 100, selected, empty }: TableProps<Row>) {
  const { t, language } = useTexts();
  const [sort, setSort] = useState(initialSort);
  const [limit, setLimit] = useState(portion);
  const key = columns.find((column) => column.id === sort?.column)?.key;
  const sorted = useMemo(
    () => (key ? sortRows(rows, key, sort?.descending ?? false, localeOf(language)) : rows),
    [rows, sort, language, columns],
  );
  if (rows.length === 0) return <p class="muted">{empty}</p>;
  const shown = sorted.slice(0, limit);
  const rest = sorted.length - shown.length;
  return (
    <div>
      <TableFrame label={caption}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={(next) => setSort(next)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => {
            const id = rowId(row);
            return (
              <tr key={id} data-id={id} class={id === selected ? "is-selected" : undefined}>
                {columns.map((column) => (
                  <Cell key={column.id} column={column} row={row} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </TableFrame>
      {rest > 0 ? (
        <button type="button" class="button table-more" onClick={() => setLimit(limit + portion)}>
          {t("app.more", { count: Math.min(rest, portion) })}
        </button>
      ) : null}
    </div>
  );
}

interface Sort {
  column: string;
  descending?: boolean;
}

function classOf<Row>(column: Column<Row>): string | undefined {
  const names = [column.isNumber ? "is-number" : "", column.isMinor ? "is-minor" : ""].filter(Boolean).join(" ");
  return names || undefined;
}

function Head<Row>({ column, sort, onSort }: { column: Column<Row>; sort: Sort | undefined; onSort: (sort: Sort) => void }) {
  const isActive = sort?.column === column.id;
  if (!column.key) {
    return (
      <th scope="col" class={classOf(column)}>
        {column.title}
      </th>
    );
  }
  const direction = isActive ? (sort?.descending ? "descending" : "ascending") : undefined;
  return (
    <th scope="col" class={classOf(column)} aria-sort={direction ?? "none"}>
      <button
        type="button"
        class="sorter"
        onClick={() => onSort({ column: column.id, descending: isActive ? !sort?.descending : false })}
      >
        {column.title}
        <LineIcon name={direction === "ascending" ? "up" : direction === "descending" ? "down" : "sort"} size={14} />
      </button>
    </th>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const content = column.cell(row);
  if (column.isHead) {
    return (
      <th scope="row" class={classOf(column)}>
        {content}
      </th>
    );
  }
  return <td class={classOf(column)}>{content}</td>;
}
