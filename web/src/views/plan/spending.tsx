import { Meter } from "../../components/bits.tsx";
import { poolHues } from "../../lib/flow.ts";
import * as f from "../../lib/format.ts";
import type { Plan } from "../../types.ts";

const LARGEST = 8;

interface Item {
  name: string;
  detail: string;
  cost: number;
  hue: number;
}

/** The largest by name, the rest in one line. */
function largest(items: Item[]): Item[] {
  const order = [...items].sort((a, b) => b.cost - a.cost);
  if (order.length <= LARGEST + 1) return order;
  const rest = order.slice(LARGEST);
  const cost = rest.reduce((sum, i) => sum + i.cost, 0);
  return [...order.slice(0, LARGEST), { name: `${rest.length} others`, detail: "", cost, hue: -1 }];
}

function Bars(props: { items: Item[]; total: number }) {
  const share = (i: Item) => (props.total ? i.cost / props.total : 0);
  return (
    <ul class="bars">
      {props.items.map((i) => (
        <li>
          <span class="bar-name">
            {i.name} {i.detail && <span class="quiet">{i.detail}</span>}
          </span>
          <span class="bar-value num" title={f.perMonth(i.cost)}>
            {f.perHour(i.cost)} <span class="quiet">{f.percent(share(i), 2)}</span>
          </span>
          <Meter wide share={share(i)} tone={i.hue < 0 ? "hue-other" : `hue-${i.hue}`} />
        </li>
      ))}
    </ul>
  );
}

export function Spending({ plan }: { plan: Plan }) {
  const hues = poolHues(plan);
  const hue = (pool: string) => hues.get(pool) ?? -1;
  const deployments = largest(
    plan.deployments.map((d) => ({
      name: d.name,
      detail: `${f.shape(d)} = ${f.count(d.gpus, "GPU")}`,
      cost: d.cost,
      hue: hue(d.pool),
    })),
  );
  const parts: Item[] = largest(
    plan.offers.map((o) => ({
      name: o.offer,
      detail: `${f.count(o.boxes, "box", "boxes")} in ${o.pool}`,
      cost: o.cost,
      hue: hue(o.pool),
    })),
  );
  const others: [string, number][] = [
    ["Delay", plan.cost.delay],
    ["Refused requests", plan.cost.unmet],
    ["Fixed cost of deployments", plan.cost.fixed],
    ["Switching", plan.cost.switching ?? 0],
  ];
  for (const [name, cost] of others) if (cost > 0) parts.push({ name, detail: "", cost, hue: -1 });
  return (
    <div class="pair even">
      <div>
        <h3 class="sub">By deployment</h3>
        <Bars items={deployments} total={plan.cost.total} />
      </div>
      <div>
        <h3 class="sub">By offer and part</h3>
        <Bars items={parts} total={plan.cost.total} />
      </div>
    </div>
  );
}
