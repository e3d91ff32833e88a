// SPDX-License-Identifier: GPL-3.0-or-later
// way.tsx - the way from a hotspot to the core, step by step, with the step to look at first.

import type { HotspotDetail } from "../api/types";
import { useApp, useTexts } from "../context";
import { formatShare } from "../format";
import { utilization } from "../model/topology";
import { weakLink } from "../model/weak_link";
import { linkTo } from "../router";
import { useStore } from "../store";
import { Muted, Section, StateText } from "./parts";

export function Way({ path }: { path: HotspotDetail["path"] }) {
  const { t, code, language } = useTexts();
  const nodes = new Map(useStore(useApp().city.topology)?.nodes.map((node) => [node.id, node]));
  const weak = weakLink(path, nodes);
  return (
    <Section title={t("hotspot.uplink")} id="uplink">
      {path.length === 0 ? <Muted>{t("hotspot.uplinkNone")}</Muted> : null}
      <ol class="chain">
        {path.map((step) => {
          const node = nodes.get(step.id);
          const load = node ? utilization(node) : null;
          return (
            <li key={step.id} class={step.id === weak?.id ? "is-weak" : undefined}>
              <StateText state={node?.state ?? step.state} />
              <span class="two-lines">
                <a href={linkTo("devices", step.id)}>{step.name}</a>
                {load === null ? null : <span class="muted">{t("way.load", { share: formatShare(load, language, 0) })}</span>}
                {step.id === weak?.id ? <strong class="chain__weak">{code("way.weak", weak.why)}</strong> : null}
              </span>
              <span class="muted">{code("device.kind", step.kind)}</span>
            </li>
          );
        })}
      </ol>
      {path.length > 0 && !weak ? <Muted>{t("way.weak.none")}</Muted> : null}
    </Section>
  );
}
