// SPDX-License-Identifier: GPL-3.0-or-later
// incident_list.tsx - incidents as a short list: severity, what, since when, who takes care.

import type { Incident } from "../api/types";
import { useTexts } from "../context";
import { formatNumber } from "../format";
import { linkTo } from "../router";
import { DateTime, Severity, Since } from "./parts";

export function memberCount(incident: Incident): number {
  return incident.members.length + (incident.members_more ?? 0);
}

export function IncidentList({ incidents }: { incidents: readonly Incident[] }) {
  const { t, code, language } = useTexts();
  return (
    <ul class="incident-list">
      {incidents.map((incident) => (
        <li key={incident.id} class={`is-${incident.severity}`}>
          <div class="incident-list__head">
            <Severity severity={incident.severity} />
            <span class="muted">{incident.closed ? <DateTime time={incident.opened} /> : <Since time={incident.opened} />}</span>
          </div>
          <a href={linkTo("incidents", incident.id)}>{incident.text[language]}</a>
          <span class="muted">
            {t("incident.members")}: {formatNumber(memberCount(incident), language)} · {code("operator", incident.operator.state)}
          </span>
        </li>
      ))}
    </ul>
  );
}
