import { useWidth } from "../../components/size.ts";
import * as f from "../../lib/format.ts";
import type { Bin } from "../../lib/histogram.ts";
import { moneyTicks, ticks } from "../../lib/ticks.ts";

const HEIGHT = 190;
const BASE = HEIGHT - 22;
const TOP = 34;
/** Pixels that the label of a cost needs with air around it, and half of one without. */
const TICK_WIDTH = 76;
const EDGE = 24;

export function Histogram(props: {
  bins: Bin[];
  text: (value: number) => string;
  label: string;
  marks: [string, number][];
}) {
  const [box, width] = useWidth<HTMLDivElement>();
  const { bins } = props;
  const low = bins[0]?.from ?? 0;
  const high = bins.at(-1)?.to ?? 1;
  const most = Math.max(...bins.map((b) => b.count), 1);
  const x = (value: number) => ((value - low) / (high - low || 1)) * width;
  const total = bins.reduce((sum, b) => sum + b.count, 0);
  const spoken = `${props.label}: ${bins
    .filter((b) => b.count)
    .map((b) => `${b.count} from ${props.text(b.from)} to ${props.text(b.to)}`)
    .join(", ")}`;
  return (
    <div ref={box}>
      {width > 0 && (
        <svg class="chart" width={width} height={HEIGHT} role="img" aria-label={spoken}>
          {bins.map((b) => {
            const tall = (b.count / most) * (BASE - TOP);
            return (
              <rect
                class="hue-0"
                x={x(b.from) + 0.5}
                width={Math.max(1, x(b.to) - x(b.from) - 1)}
                y={BASE - tall}
                height={tall}
                rx="1.5"
              >
                <title>{`${f.count(b.count, "scenario")} of ${total}: ${props.text(b.from)} to ${props.text(b.to)}`}</title>
              </rect>
            );
          })}
          <line class="axis" x1="0" x2={width} y1={BASE} y2={BASE} />
          <Costs low={low} high={high} x={x} width={width} />
          <Marks marks={props.marks.filter(([, at]) => at >= low && at <= high)} x={x} width={width} />
        </svg>
      )}
    </div>
  );
}

function Costs(props: { low: number; high: number; x: (value: number) => number; width: number }) {
  const { low, high, x, width } = props;
  const all = ticks(low, high, Math.max(2, width / TICK_WIDTH));
  const texts = moneyTicks(all);
  return (
    <g>
      {all.map((v, i) => (
        <text
          class="quiet"
          x={x(v)}
          y={HEIGHT - 5}
          text-anchor={x(v) < EDGE ? "start" : x(v) > width - EDGE ? "end" : "middle"}
        >
          {texts[i]}
        </text>
      ))}
    </g>
  );
}

function Marks(props: { marks: [string, number][]; x: (value: number) => number; width: number }) {
  return (
    <g>
      {props.marks.map(([name, at], i) => {
        const x = props.x(at);
        const right = x > props.width - 70;
        return (
          <g>
            <line class="tick-mark" x1={x} x2={x} y1={12 + i * 11} y2={BASE} />
            <text
              class="quiet halo"
              x={right ? x - 5 : x + 5}
              y={14 + i * 11}
              dy="0.3em"
              text-anchor={right ? "end" : "start"}
            >
              {name}
            </text>
          </g>
        );
      })}
    </g>
  );
}
