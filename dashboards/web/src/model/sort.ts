// SPDX-License-Identifier: GPL-3.0-or-later
// sort.ts - order of table rows. Pure. Unknown comes last in both directions: it is neither small nor large.

export type SortKey = string | number | null | undefined;

export function sortRows<Row>(rows: readonly Row[], key: (row: Row) => SortKey, descending: boolean, locale: string): Row[] {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  const sign = descending ? -1 : 1;
  return rows
    .map((row, index) => ({ row, index, value: key(row) }))
    .sort((a, b) => {
      const isUnknownA = a.value === null || a.value === undefined;
      const isUnknownB = b.value === null || b.value === undefined;
      if (isUnknownA || isUnknownB) return Number(isUnknownA) - Number(isUnknownB) || a.index - b.index;
      return sign * compare(a.value as string | number, b.value as string | number, collator) || a.index - b.index;
    })
    .map(({ row }) => row);
}

function compare(a: string | number, b: string | number, collator: Intl.Collator): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return collator.compare(String(a), String(b));
}
