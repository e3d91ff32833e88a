// SPDX-License-Identifier: GPL-3.0-or-later
// member_map.tsx - where the members of an incident stand: a still picture of that part of the city. The tree and the table
// beside it say the same in words.

import type { Config } from "../api/types";
import { boxAround, projectInto, type Spot } from "../model/member_map";
import { SHAPES } from "../model/shape";
import { stateFrom } from "../model/state";

const WIDTH = 640;
const HEIGHT = 300;
const SHAPE = 18; // of the 24 units that a shape is drawn in

export function MemberMap({ config, spots, label }: { config: Config | null; spots: readonly Spot[]; label: string }) {
  const box = boxAround(spots);
  if (!box) return null;
  const at = projectInto(box, WIDTH, HEIGHT);
  return (
    <svg class="member-map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {(config?.districts ?? []).flatMap((district) =>
        district.rings.map((ring, index) => (
          <path
            key={`${district.id} ${index}`}
            class="member-map__district"
            d={`M${ring.map(([lat, lon]) => at(lat ?? 0, lon ?? 0).join(" ")).join("L")}Z`}
          />
        )),
      )}
      {spots.map((spot) => {
        const [x, y] = at(spot.lat, spot.lon);
        const shape = SHAPES[stateFrom(spot.state)];
        const scale = spot.isCause ? 1.3 : SHAPE / 24;
        return (
          <g key={spot.id} class={`state-icon is-${stateFrom(spot.state)}`} transform={`translate(${x - 12 * scale} ${y - 12 * scale}) scale(${scale})`}>
            {spot.isCause ? <circle class="member-map__cause" cx="12" cy="12" r="15" /> : null}
            <path class={shape.isHollow ? "state-icon__hollow" : "state-icon__body"} d={shape.body} />
            <path class={shape.isHollow ? "state-icon__hollow" : "state-icon__mark"} d={shape.mark} />
          </g>
        );
      })}
    </svg>
  );
}
