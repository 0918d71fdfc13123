import type { ComponentChildren } from "preact";
import { Notes } from "../../components/bits.tsx";
import type { Column } from "../../components/columns.ts";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import type {
  BoxChange,
  ClassChange,
  Cost,
  DeploymentChange,
  DeploymentShape,
  PlanDiff,
  RouteChange,
  Step,
} from "../../types.ts";

const SIGNS = { add: "+", remove: "−", scale: "~", reshape: "~", change: "~" };

function Sign({ action }: { action: keyof typeof SIGNS }) {
  return (
    <>
      <span class={`sign ${action}`} aria-hidden="true">
        {SIGNS[action]}
      </span>
      <span class="unseen">{action} </span>
    </>
  );
}

export function Delta(props: { value: number }) {
  const tone = Math.abs(props.value) < 5e-7 ? "" : props.value > 0 ? "up" : "down";
  return (
    <span class={`delta ${tone}`} title={f.perMonth(props.value)}>
      {f.signedDollars(props.value)}
    </span>
  );
}

const PARTS: [string, keyof Cost][] = [
  ["Total", "total"],
  ["Rental", "rental"],
  ["Delay", "delay"],
  ["Refused", "unmet"],
  ["Fixed", "fixed"],
  ["Switching", "switching"],
];

export function CostChange({ diff }: { diff: PlanDiff }) {
  const rows = PARTS.filter(([, k]) => k === "total" || diff.cost.old[k] || diff.cost.new[k]);
  const columns: Column<[string, keyof Cost]>[] = [
    { key: "part", head: "Cost", rowHead: true, text: ([name]) => name },
    { key: "old", head: "Old", number: true, text: ([, k]) => f.perHour(diff.cost.old[k] ?? 0) },
    { key: "new", head: "New", number: true, text: ([, k]) => f.perHour(diff.cost.new[k] ?? 0) },
    {
      key: "difference",
      head: "Difference",
      number: true,
      text: ([, k]) => f.signedDollars(diff.cost.difference[k] ?? 0),
      cell: ([, k]) => <Delta value={diff.cost.difference[k] ?? 0} />,
    },
  ];
  return <DataTable bare caption="Cost of both plans" columns={columns} rows={rows} rowKey={(r) => r[1]} />;
}

const shapeOf = (s: DeploymentShape | null) => (s ? `${f.shape(s)} ${s.precision}, ${f.count(s.gpus, "GPU")}` : "–");

const deploymentColumns: Column<DeploymentChange>[] = [
  {
    key: "name",
    head: "Deployment",
    rowHead: true,
    value: (d) => d.name,
    text: (d) => d.name,
    cell: (d) => (
      <>
        <Sign action={d.action} />
        {d.name}
      </>
    ),
  },
  { key: "action", head: "Change", value: (d) => d.action, text: (d) => d.action },
  { key: "pool", head: "Pool", value: (d) => d.pool, text: (d) => d.pool },
  { key: "from", head: "Old", text: (d) => shapeOf(d.from) },
  { key: "to", head: "New", text: (d) => shapeOf(d.to) },
];

const routeColumns: Column<RouteChange>[] = [
  { key: "class", head: "Class", rowHead: true, value: (r) => r.class, text: (r) => r.class },
  { key: "deployment", head: "Deployment", value: (r) => r.deployment, text: (r) => r.deployment },
  { key: "from", head: "Old share", number: true, value: (r) => r.from, text: (r) => f.percent(r.from) },
  { key: "to", head: "New share", number: true, value: (r) => r.to, text: (r) => f.percent(r.to) },
];

const boxColumns: Column<BoxChange>[] = [
  { key: "pool", head: "Pool", rowHead: true, value: (b) => b.pool, text: (b) => b.pool },
  { key: "offer", head: "Offer", value: (b) => b.offer, text: (b) => b.offer },
  { key: "cost", head: "A box", number: true, value: (b) => b.cost, text: (b) => f.perHour(b.cost) },
  { key: "from", head: "Old", number: true, value: (b) => b.from, text: (b) => f.integer(b.from) },
  { key: "during", head: "Meanwhile", number: true, value: (b) => b.during, text: (b) => f.integer(b.during) },
  { key: "to", head: "New", number: true, value: (b) => b.to, text: (b) => f.integer(b.to) },
];

const classColumns: Column<ClassChange>[] = [
  {
    key: "name",
    head: "Class",
    rowHead: true,
    value: (c) => c.name,
    text: (c) => c.name,
    cell: (c) => (
      <>
        <Sign action={c.action} />
        {c.name}
      </>
    ),
  },
  { key: "from", head: "Old rate", number: true, value: (c) => c.rate_from, text: (c) => f.rate(c.rate_from) },
  { key: "to", head: "New rate", number: true, value: (c) => c.rate_to, text: (c) => f.rate(c.rate_to) },
  {
    key: "unmet_from",
    head: "Old refused",
    number: true,
    value: (c) => c.unmet_from,
    text: (c) => f.percent(c.unmet_from),
  },
  { key: "unmet_to", head: "New refused", number: true, value: (c) => c.unmet_to, text: (c) => f.percent(c.unmet_to) },
];

export function Changes({ diff }: { diff: PlanDiff }) {
  const part = (title: string, rows: readonly unknown[], table: ComponentChildren) =>
    rows.length > 0 && (
      <>
        <h3 class="sub">{title}</h3>
        {table}
      </>
    );
  return (
    <>
      {part(
        "Deployments",
        diff.deployments,
        <DataTable
          caption="Deployments that change"
          what="deployments"
          columns={deploymentColumns}
          rows={diff.deployments}
          rowKey={(d) => `${d.name} ${d.action}`}
        />,
      )}
      {part(
        "Routes",
        diff.routes,
        <DataTable
          caption="Routes that change"
          what="routes"
          columns={routeColumns}
          rows={diff.routes}
          rowKey={(r) => `${r.class} ${r.deployment} ${r.plan}`}
        />,
      )}
      {part(
        "Boxes",
        diff.boxes,
        <DataTable
          caption="Boxes that change"
          what="offers"
          columns={boxColumns}
          rows={diff.boxes}
          rowKey={(b) => `${b.pool} ${b.offer}`}
        />,
      )}
      {part(
        "Classes",
        diff.classes,
        <DataTable
          caption="Classes that change"
          what="classes"
          columns={classColumns}
          rows={diff.classes}
          rowKey={(c) => c.name}
        />,
      )}
    </>
  );
}

const boxes = (s: Step) => `${f.count(s.boxes ?? 0, "box", "boxes")} of ${s.offer} in ${s.pool}`;
const replicas = (s: Step) =>
  `${f.count(s.replicas ?? 0, "replica")} of ${s.deployment}${s.plan === "old" ? " (old)" : ""}`;

function stepTitle(s: Step): string {
  switch (s.action) {
    case "rent":
      return `Rent ${boxes(s)}`;
    case "return":
      return `Return ${boxes(s)}`;
    case "start":
      return `Start ${replicas(s)}`;
    case "stop":
      return `Stop ${replicas(s)}`;
    case "route":
      return `Route ${f.count(s.routes?.length ?? 0, "class", "classes")}`;
  }
}

function stepNote(s: Step): string {
  if (s.action === "start") return `${f.integer(s.running)} run then. Go on when they are ready.`;
  if (s.action === "stop") return `${f.integer(s.running)} run then. Nothing is routed to those that stop.`;
  return "";
}

const FIRST_ROUTES = 8;

function StepItem({ step }: { step: Step }) {
  const routes = step.routes ?? [];
  return (
    <li>
      <span class="step-title">{stepTitle(step)}</span>
      {stepNote(step) && <p class="note">{stepNote(step)}</p>}
      {routes.length > 0 && (
        <ul>
          {routes.slice(0, FIRST_ROUTES).map((r) => (
            <li>
              {r.class}
              {r.rate > 0 ? ` at ${f.rate(r.rate)}: ` : " is gone"}
              {r.to
                .map((t) => `${f.percent(t.share)} to ${t.deployment}${t.plan === "old" ? " (old)" : ""}`)
                .join(", ")}
            </li>
          ))}
          {routes.length > FIRST_ROUTES && (
            <li class="quiet">and {routes.length - FIRST_ROUTES} classes more, as in the table of routes</li>
          )}
        </ul>
      )}
      {step.lost && (
        <p class="bad-text">
          Until the next change of routes: {step.lost.map((l) => `${f.percent(l.share)} of ${l.class}`).join(", ")} not
          served
        </p>
      )}
    </li>
  );
}

export function Steps({ diff }: { diff: PlanDiff }) {
  if (!diff.steps.length) return <p class="quiet">Nothing has to be done.</p>;
  return (
    <>
      <p class={`note ${diff.lossless ? "" : "bad-text"}`}>
        {diff.lossless
          ? `No request is lost on the way. Meanwhile all boxes cost ${f.perHour(diff.rental)}.`
          : `At the worst step ${f.rate(diff.lost)} of requests are lost: no order without loss was found.`}
      </p>
      <ol class="steps">
        {diff.steps.map((s) => (
          <StepItem step={s} />
        ))}
      </ol>
      <Notes texts={diff.notes} />
    </>
  );
}
