import * as f from "../../lib/format.ts";
import { moneyTicks, ticks } from "../../lib/ticks.ts";

/** Pixels around the points: names above and below, shares at the left. */
export const BOX = { left: 50, right: 26, top: 30, bottom: 44 };
export const HEIGHT = 280;
/** Steps of broken promises. */
export const RATES = 5;
/** Pixels that the label of a cost needs with air around it. */
const COST_WIDTH = 64;

export interface Frame {
  width: number;
  low: number;
  high: number;
  top: number;
  x: (cost: number) => number;
  y: (rate: number) => number;
}

export function Axes(frame: Frame) {
  return (
    <g>
      <Rates {...frame} />
      <Costs {...frame} />
    </g>
  );
}

function Rates({ width, top, y }: Frame) {
  return (
    <g>
      <text class="quiet" x="0" y="12">
        Promises broken
      </text>
      {ticks(0, top, RATES).map((v) => (
        <g>
          <line class="axis" x1={BOX.left} x2={width - BOX.right} y1={y(v)} y2={y(v)} />
          <text class="quiet" x={BOX.left - 8} y={y(v)} dy="0.34em" text-anchor="end">
            {f.percent(v)}
          </text>
        </g>
      ))}
    </g>
  );
}

function Costs({ width, low, high, x }: Frame) {
  const base = HEIGHT - BOX.bottom;
  const all = ticks(low, high, Math.max(2, Math.floor((width - BOX.left - BOX.right) / COST_WIDTH)));
  const texts = moneyTicks(all);
  return (
    <g>
      {all.map((v, i) => (
        <g>
          <line class="axis" x1={x(v)} x2={x(v)} y1={base} y2={base + 5} />
          <text class="quiet" x={x(v)} y={base + 18} text-anchor="middle">
            {texts[i]}
          </text>
        </g>
      ))}
      <text class="quiet" x={width - BOX.right} y={HEIGHT - 6} text-anchor="end">
        Expected cost per hour
      </text>
    </g>
  );
}
