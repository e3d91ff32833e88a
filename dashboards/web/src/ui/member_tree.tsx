// SPDX-License-Identifier: GPL-3.0-or-later
// member_tree.tsx - the members of an incident below what they hang on; long branches are folded.

import { useTexts } from "../context";
import type { MemberBranch } from "../model/incidents";
import { ReasonText, StateText, ThingLink } from "./parts";

/** More than that below one thing are folded away. */
const OPEN_AT_MOST = 12;

export function MemberTree({ branches }: { branches: readonly MemberBranch[] }) {
  const { t, code } = useTexts();
  return (
    <ul class="member-tree">
      {branches.map((branch) => (
        <li key={branch.id} data-member={branch.id}>
          <span class="member-tree__row">
            <ThingLink kind={branch.kind} id={branch.id} name={branch.name} />
            {branch.member ? <StateText state={branch.member.state} /> : <span class="tag">{t("incident.cause")}</span>}
            {branch.member ? <ReasonText reason={branch.member.reason} /> : null}
            <span class="muted">{code("member", branch.kind)}</span>
          </span>
          {branch.children.length > OPEN_AT_MOST ? (
            <details>
              <summary>{t("incident.below", { count: branch.children.length })}</summary>
              <MemberTree branches={branch.children} />
            </details>
          ) : branch.children.length > 0 ? (
            <MemberTree branches={branch.children} />
          ) : null}
        </li>
      ))}
    </ul>
  );
}
