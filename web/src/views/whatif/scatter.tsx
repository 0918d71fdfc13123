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

const together = (a: StressMethod, b: StressMethod) =>
  f.dollars(a.expected_cost) === f.dollars(b.expected_cost) && a.violation_rate === b.violation_rate;

/** The chosen plan on top; each with how many lie on it, so that those below are drawn wider and stay in sight. */
function stacked(methods: StressMethod[], at: number) {
  const all = methods.map((m, i) => ({ m, i }));
  const order = [...all.filter((p) => p.i !== at), ...all.filter((p) => p.i === at)];
  return order.map((p, n) => ({ ...p, above: order.slice(n + 1).filter((o) => together(o.m, p.m)).length }));
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
            {stacked(methods, props.at).map(({ m, i, above }) => (
              <circle
                key={i}
                class={`dot hue-${hues.indexOf(m.method) % 8} ${i === props.at ? "chosen" : ""}`}
                cx={x(m.expected_cost)}
                cy={y(m.violation_rate)}
                r={5 + 3 * above}
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
