import { useWidth } from "../../components/size.ts";
import * as f from "../../lib/format.ts";
import { frontier } from "../../lib/histogram.ts";
import { nameOf } from "../../lib/stress.ts";
import { roundUp } from "../../lib/ticks.ts";
import type { StressMethod } from "../../types.ts";
import { Axes, BOX, HEIGHT, RATES, type Frame } from "./scatter_axes.tsx";

function frameOf(methods: StressMethod[], width: number): Frame {
  const costs = methods.map((m) => m.expected_cost);
  const pad = (Math.max(...costs) - Math.min(...costs)) * 0.06 || Math.max(...costs) * 0.05 || 1;
  const low = Math.min(...costs) - pad;
  const high = Math.max(...costs) + pad;
  const most = Math.max(...methods.map((m) => m.violation_rate));
  const top = most > 0 ? roundUp(most, RATES) : 0.01;
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
