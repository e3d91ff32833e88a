// SPDX-License-Identifier: GPL-3.0-or-later
// sparkline.tsx - the last hour of a figure as a small line; the numbers beside it say the same in words.

import { sparkPath, type Points } from "../model/self";

const WIDTH = 120;
const HEIGHT = 22;

export function Sparkline({ points, label }: { points: Points | null; label: string }) {
  if (!points) return null;
  return (
    <svg class="spark" viewBox={`-1 -2 ${WIDTH + 2} ${HEIGHT + 4}`} width={WIDTH} height={HEIGHT} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="spark__floor" d={`M0 ${HEIGHT}h${WIDTH}`} />
      <path class="spark__line" d={sparkPath(points, WIDTH, HEIGHT)} />
    </svg>
  );
}
