import { Meter, Pill } from "../../components/bits.tsx";
import type { Column } from "../../components/columns.ts";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import type { Deployment, Plan, PlanClass, RentedOffer, Route } from "../../types.ts";

const deploymentColumns: Column<Deployment>[] = [
  { key: "name", head: "Deployment", rowHead: true, value: (d) => d.name, text: (d) => d.name },
  { key: "model", head: "Model", value: (d) => d.model, text: (d) => `${d.model} ${d.precision}` },
  { key: "pool", head: "Pool", value: (d) => d.pool, text: (d) => d.pool },
  { key: "shape", head: "Replicas", number: true, value: (d) => d.replicas, text: f.shape },
  { key: "gpus", head: "GPUs", number: true, value: (d) => d.gpus, text: (d) => f.integer(d.gpus) },
  {
    key: "utilization",
    head: "Planned load",
    number: true,
    value: (d) => d.utilization,
    title: "Planned load as a part of the load that the SLOs allow; headroom included",
    text: (d) => f.percent(d.utilization),
    beside: 9,
    cell: (d) => (
      <>
        {f.percent(d.utilization)}
        <Meter share={d.utilization} tone={d.utilization > 0.95 ? "close" : "good"} />
      </>
    ),
  },
  { key: "ttft", head: "TTFT", number: true, value: (d) => d.ttft, text: (d) => f.duration(d.ttft) },
  { key: "tpot", head: "TPOT", number: true, value: (d) => d.tpot, text: (d) => f.duration(d.tpot) },
  {
    key: "seqs",
    head: "Max seqs",
    number: true,
    value: (d) => d.max_num_seqs,
    text: (d) => f.integer(d.max_num_seqs),
    title: "Sequences a replica runs at once",
  },
  {
    key: "cost",
    head: "Cost",
    number: true,
    value: (d) => d.cost,
    text: (d) => f.perHour(d.cost),
    cell: (d) => <span title={f.perMonth(d.cost)}>{f.perHour(d.cost)}</span>,
  },
];

export function DeploymentTable(props: { plan: Plan }) {
  return (
    <DataTable
      caption="Deployments"
      what="deployments"
      columns={deploymentColumns}
      rows={props.plan.deployments}
      rowKey={(d) => d.name}
      sort={{ key: "cost", direction: "descending" }}
    />
  );
}

const routeColumns: Column<Route>[] = [
  { key: "class", head: "Class", rowHead: true, value: (r) => r.class, text: (r) => r.class },
  { key: "deployment", head: "Deployment", value: (r) => r.deployment, text: (r) => r.deployment },
  {
    key: "share",
    head: "Share",
    number: true,
    value: (r) => r.share,
    text: (r) => f.percent(r.share),
    beside: 9,
    cell: (r) => (
      <>
        {f.percent(r.share)}
        <Meter share={r.share} />
      </>
    ),
  },
  { key: "ttft", head: "TTFT", number: true, value: (r) => r.ttft, text: (r) => f.duration(r.ttft) },
  { key: "tpot", head: "TPOT", number: true, value: (r) => r.tpot, text: (r) => f.duration(r.tpot) },
  { key: "e2e", head: "E2E", number: true, value: (r) => r.e2e, text: (r) => f.duration(r.e2e) },
  { key: "error", head: "Error", number: true, value: (r) => r.error, text: (r) => f.percent(r.error) },
];

export function RouteTable(props: { plan: Plan }) {
  return (
    <DataTable
      caption="Routes"
      what="routes"
      columns={routeColumns}
      rows={props.plan.routes}
      rowKey={(r) => `${r.class}\u0001${r.deployment}`}
      sort={{ key: "class", direction: "ascending" }}
    />
  );
}

const limited = (value: number | null, limit: number | null) =>
  limit === null ? f.duration(value) : `${f.duration(value)} of ${f.duration(limit)}`;

const classColumns: Column<PlanClass>[] = [
  { key: "name", head: "Class", rowHead: true, value: (c) => c.name, text: (c) => c.name },
  {
    key: "met",
    head: "SLO",
    value: (c) => c.slo_met,
    text: (c) => (c.slo_met ? "met" : "missed"),
    cell: (c) => <Pill tone={c.slo_met ? "good" : "bad"}>{c.slo_met ? "met" : "missed"}</Pill>,
  },
  { key: "rate", head: "Rate", number: true, value: (c) => c.rate, text: (c) => f.rate(c.rate) },
  { key: "ttft", head: "TTFT", number: true, value: (c) => c.ttft, text: (c) => limited(c.ttft, c.slo.ttft) },
  { key: "tpot", head: "TPOT", number: true, value: (c) => c.tpot, text: (c) => limited(c.tpot, c.slo.tpot) },
  { key: "e2e", head: "E2E", number: true, value: (c) => c.e2e, text: (c) => limited(c.e2e, c.slo.e2e) },
  { key: "at", head: "At", number: true, value: (c) => c.slo.percentile, text: (c) => f.percentile(c.slo.percentile) },
  {
    key: "error",
    head: "Error",
    number: true,
    value: (c) => c.error,
    text: (c) => (c.max_error === null ? f.percent(c.error) : `${f.percent(c.error)} of ${f.percent(c.max_error)}`),
  },
  { key: "unmet", head: "Refused", number: true, value: (c) => c.unmet, text: (c) => f.percent(c.unmet) },
];

export function ClassTable(props: { classes: readonly PlanClass[] }) {
  return (
    <DataTable
      caption="Classes and what is predicted for them"
      what="classes"
      columns={classColumns}
      rows={props.classes}
      rowKey={(c) => c.name}
      rowClass={(c) => (c.slo_met ? "" : "missed")}
    />
  );
}

const offerColumns: Column<RentedOffer>[] = [
  { key: "pool", head: "Pool", rowHead: true, value: (o) => o.pool, text: (o) => o.pool },
  { key: "offer", head: "Offer", value: (o) => o.offer, text: (o) => o.offer },
  { key: "boxes", head: "Boxes", number: true, value: (o) => o.boxes, text: (o) => f.integer(o.boxes) },
  { key: "gpus", head: "GPUs", number: true, value: (o) => o.gpus, text: (o) => f.integer(o.gpus) },
  {
    key: "cost",
    head: "Cost",
    number: true,
    value: (o) => o.cost,
    text: (o) => f.perHour(o.cost),
    cell: (o) => <span title={f.perMonth(o.cost)}>{f.perHour(o.cost)}</span>,
  },
];

export function OfferTable(props: { plan: Plan }) {
  return (
    <DataTable
      caption="Boxes to rent"
      what="offers"
      columns={offerColumns}
      rows={props.plan.offers}
      rowKey={(o) => `${o.pool}\u0001${o.offer}`}
    />
  );
}
