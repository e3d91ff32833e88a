// SPDX-License-Identifier: GPL-3.0-or-later
// availability.tsx - one bar a day. The height of its filled part is the completeness, its look the availability; days
// without data are empty frames. The same in words above and in a table below.

import type { Availability, AvailabilityDay } from "../api/types";
import { useTexts } from "../context";
import { formatDate, formatShare } from "../format";
import { dayLevel } from "../model/availability";
import { Muted } from "./parts";
import { TableFrame } from "./table";

const BAR = { width: 6, gap: 2, height: 44 };

export function AvailabilityBar({ availability }: { availability: Availability }) {
  const { t, language } = useTexts();
  const { total, days } = availability;
  if (days.length === 0 || total.availability === null) return <Muted>{t("hotspot.availabilityNone")}</Muted>;
  const share = formatShare(total.availability, language, 2);
  const completeness = formatShare(total.completeness, language);
  const width = days.length * (BAR.width + BAR.gap);
  return (
    <div class="availability">
      <p>
        <strong class="availability__figure">{share}</strong> {t("hotspot.availabilityText", { share: "", completeness }).trim()}
      </p>
      <svg class="availability__bars" viewBox={`0 0 ${width} ${BAR.height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {days.map((day, index) => (
          <Day key={day.date} day={day} x={index * (BAR.width + BAR.gap)} />
        ))}
      </svg>
      <p class="availability__ends muted" aria-hidden="true">
        <span>{formatDay(days[0], language)}</span>
        <span>{formatDay(days.at(-1), language)}</span>
      </p>
      <details class="chart__table">
        <summary>{t("chart.table")}</summary>
        <DayTable days={days} />
      </details>
    </div>
  );
}

function formatDay(day: AvailabilityDay | undefined, language: "de" | "en"): string {
  // Noon: the calendar day of a date without a time is the same in every zone near Europe.
  return day ? formatDate(Date.parse(`${day.date}T12:00:00Z`), language) : "";
}

function Day({ day, x }: { day: AvailabilityDay; x: number }) {
  const { t, language } = useTexts();
  const level = dayLevel(day);
  const filled = level === "none" ? 0 : Math.max(4, BAR.height * day.completeness);
  const text = t("hotspot.availabilityDay", {
    date: formatDay(day, language),
    share: formatShare(day.availability, language, 2),
    completeness: formatShare(day.completeness, language),
  });
  return (
    <g class={`day is-${level}`}>
      <title>{text}</title>
      <rect class="day__frame" x={x + 0.5} y={0.5} width={BAR.width - 1} height={BAR.height - 1} />
      <rect class="day__fill" x={x} y={BAR.height - filled} width={BAR.width} height={filled} />
      {level === "bad" ? <rect class="day__mark" x={x} y={0} width={BAR.width} height={5} /> : null}
    </g>
  );
}

function DayTable({ days }: { days: readonly AvailabilityDay[] }) {
  const { t, language } = useTexts();
  return (
    <TableFrame label={t("hotspot.availability")} scroll="is-short">
      <thead>
        <tr>
          <th scope="col">{t("hotspot.date")}</th>
          <th scope="col" class="is-number">{t("hotspot.available")}</th>
          <th scope="col" class="is-number">{t("hotspot.complete")}</th>
        </tr>
      </thead>
      <tbody>
        {[...days].reverse().map((day) => (
          <tr key={day.date}>
            <th scope="row">{formatDay(day, language)}</th>
            <td class="is-number">{formatShare(day.availability, language, 2)}</td>
            <td class="is-number">{formatShare(day.completeness, language)}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
