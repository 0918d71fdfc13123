import { useWidth } from "../../components/size.ts";
import * as f from "../../lib/format.ts";
import { frontier } from "../../lib/histogram.ts";
import { nameOf } from "../../lib/stress.ts";
import type { StressMethod } from "../../types.ts";

const HEIGHT = 250;
const BOX = { left: 58, right: 20, top: 14, bottom: 38 };

function ticks(low: number, high: number): number[] {
  return [0, 1, 2, 3, 4].map((i) => low + ((high - low) * i) / 4);
}

interface Frame {
  width: number;
  low: number;
  high: number;
  top: number;
  x: (cost: number) => number;
  y: (rate: number) => number;
}

function frameOf(methods: StressMethod[], width: number): Frame {
  const costs = methods.map((m) => m.expected_cost);
  const pad = (Math.max(...costs) - Math.min(...costs)) * 0.06 || Math.max(...costs) * 0.05 || 1;
  const low = Math.min(...costs) - pad;
  const high = Math.max(...costs) + pad;
  const top = Math.min(1, Math.max(...methods.map((m) => m.violation_rate)) * 1.08) || 0.01;
  return {
    width,
    low,
    high,
    top,
    x: (cost) => BOX.left + ((cost - low) / (high - low)) * (width - BOX.left - BOX.right),
    y: (rate) => HEIGHT - BOX.bottom - (rate / top) * (HEIGHT - BOX.top - BOX.bottom),
  };
}

/** Expected cost to the right, broken promises upwards; the line joins what nothing beats. */
export function Scatter(props: { methods: StressMethod[]; at: number; pick: (at: number) => void }) {
  const [box, width] = useWidth<HTMLDivElement>();
  const { methods } = props;
  const { x, y, ...frame } = frameOf(methods, width);
  const hues = [...new Set(methods.map((m) => m.method))];
  const line = frontier(methods)
    .map((m) => `${x(m.expected_cost)},${y(m.violation_rate)}`)
    .join(" ");
  const spoken = `Expected cost against broken promises of ${methods.length} plans. The table below has the numbers.`;
  return (
    <>
      {hues.length > 1 && <Legend hues={hues} />}
      <div ref={box}>
        {width > 0 && (
          <svg class="chart" width={width} height={HEIGHT} role="img" aria-label={spoken}>
            <Axes {...frame} x={x} y={y} />
            <polyline class="frontier-line" points={line} />
            {methods.map((m, i) => (
              <circle
                class={`dot hue-${hues.indexOf(m.method) % 8} ${i === props.at ? "chosen" : ""}`}
                cx={x(m.expected_cost)}
                cy={y(m.violation_rate)}
                r={i === props.at ? 7 : 5}
                onClick={() => props.pick(i)}
              >
                <title>{`${nameOf(m, false)}: ${f.perHour(m.expected_cost)}, ${f.percent(m.violation_rate)} broken`}</title>
              </circle>
            ))}
          </svg>
        )}
      </div>
    </>
  );
}

function Legend(props: { hues: string[] }) {
  return (
    <ul class="legend">
      {props.hues.map((name, i) => (
        <li>
          <span class={`swatch hue-${i % 8}`} />
          {name}
        </li>
      ))}
    </ul>
  );
}

function Axes({ width, low, high, top, x, y }: Frame) {
  const costs = ticks(low, high).filter((_, i) => width > 520 || i % 2 === 0);
  return (
    <g>
      {ticks(0, top).map((v) => (
        <g>
          <line class="axis" x1={BOX.left} x2={width - BOX.right} y1={y(v)} y2={y(v)} />
          <text class="quiet" x={BOX.left - 8} y={y(v)} dy="0.34em" text-anchor="end">
            {f.percent(v, 2)}
          </text>
        </g>
      ))}
      {costs.map((v) => (
        <text
          class="quiet"
          x={x(v)}
          y={HEIGHT - BOX.bottom + 17}
          text-anchor={v === low ? "start" : v >= high ? "end" : "middle"}
        >
          {f.perHour(v)}
        </text>
      ))}
      <text class="quiet" x={width - BOX.right} y={HEIGHT - 4} text-anchor="end">
        expected cost
      </text>
      <text class="quiet" x={BOX.left} y={HEIGHT - 4}>
        ↑ promises broken
      </text>
    </g>
  );
}
