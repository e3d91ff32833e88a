// SPDX-License-Identifier: GPL-3.0-or-later
// firmware.tsx - what the firmware rules say of a box: badges, the bar of a model's versions, days until the end.

import type { FirmwareModel, FirmwareRule, FirmwareStatus, SupportStatus } from "../api/types";
import { useTexts } from "../context";
import { formatDate, formatNumber } from "../format";
import { FIRMWARE_SHAPE, SUPPORT_SHAPE, segmentsOf } from "../model/firmware";
import { StateIcon } from "./icons";

export function FirmwareBadge({ status }: { status: FirmwareStatus }) {
  const { code } = useTexts();
  return (
    <span class={`state-text is-${FIRMWARE_SHAPE[status]}`} data-firmware={status}>
      <StateIcon state={FIRMWARE_SHAPE[status]} />
      <span>{code("firmware", status)}</span>
    </span>
  );
}

/** Version, badge, and what would be right where it is not. */
export function FirmwareLine({ version, status, rule }: { version: string | null; status: FirmwareStatus; rule: FirmwareRule | null }) {
  const { t } = useTexts();
  const isBelow = status === "too_old" || status === "outdated";
  return (
    <span class="two-lines">
      <span class="firmware-line">
        {version ?? "–"} <FirmwareBadge status={status} />
      </span>
      {isBelow && rule?.recommended ? (
        <span class="muted">
          {t("inventory.recommended")} {rule.recommended}
        </span>
      ) : null}
      {status === "too_old" && rule ? (
        <span class="muted">
          {t("inventory.minimum")} {rule.minimum}: <Reason rule={rule} />
        </span>
      ) : null}
    </span>
  );
}

export function Reason({ rule }: { rule: FirmwareRule }) {
  const text = rule.reason ?? "–";
  return rule.source === null ? (
    <span>{text}</span>
  ) : (
    <a href={rule.source} rel="noreferrer">
      {text}
    </a>
  );
}

/** "2026-11-30" as people write it. */
export function Day({ day }: { day: string | null }) {
  const { language } = useTexts();
  return day === null ? <span>–</span> : <time dateTime={day}>{formatDate(Date.parse(`${day}T12:00:00Z`), language)}</time>;
}

const DAYS_A_YEAR = 365.25;
/** From here on, years say more than days. */
const MANY_DAYS = 2 * DAYS_A_YEAR;

function useTimeLeft(): (days: number) => string {
  const { t, language } = useTexts();
  return (days) => {
    if (days < 0) return t("inventory.daysOver", { days: formatNumber(-days, language) });
    if (days < MANY_DAYS) return t("inventory.days", { days: formatNumber(days, language) });
    return t("inventory.years", { years: formatNumber(days / DAYS_A_YEAR, language, 1) });
  };
}

/** The last day, and how far away it is: loud only when there is something to do. */
export function SupportLine({ rule, status }: { rule: FirmwareRule | null; status: SupportStatus }) {
  const timeLeft = useTimeLeft();
  const days = rule?.days_left ?? null;
  if (rule === null || days === null) return <span>–</span>;
  const isUrgent = status === "ended" || status === "ends_soon";
  return (
    <span class="two-lines">
      <Day day={rule.end_of_support} />
      {isUrgent ? (
        <span class={`state-text is-${SUPPORT_SHAPE[status]}`}>
          <StateIcon state={SUPPORT_SHAPE[status]} />
          <span>{timeLeft(days)}</span>
        </span>
      ) : (
        <span class="muted">{timeLeft(days)}</span>
      )}
    </span>
  );
}

/** The versions of one model: a bar for the eye, the same in words below it. */
export function VersionBar({ model }: { model: FirmwareModel }) {
  const { t, language } = useTexts();
  return (
    <div class="version-bar">
      <svg class="share-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {segmentsOf(model).map(({ version, from, width }) => (
          <rect key={version.version ?? ""} class={`version-bar__part fill-${FIRMWARE_SHAPE[version.firmware]}`} x={from} y="0" width={width} height="8" />
        ))}
      </svg>
      <ul class="version-bar__words">
        {model.versions.map((version) => (
          <li key={version.version ?? ""}>
            <StateIcon state={FIRMWARE_SHAPE[version.firmware]} size={14} />
            <span>
              {version.version ?? t("inventory.versionUnknown")}: <strong>{formatNumber(version.assets, language)}</strong>{" "}
              {version.version === null ? null : <FirmwareWord status={version.firmware} />}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function FirmwareWord({ status }: { status: FirmwareStatus }) {
  const { code } = useTexts();
  return <span class="muted">{code("firmware", status)}</span>;
}
