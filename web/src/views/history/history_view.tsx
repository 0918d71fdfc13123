import { useMemo, useState } from "preact/hooks";
import { api } from "../../api.ts";
import { Empty, PageHead, Panel, Pill, StatusPill } from "../../components/bits.tsx";
import type { Column } from "../../components/columns.ts";
import { Loaded, useResource } from "../../components/resource.tsx";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import { planName } from "../../lib/names.ts";
import { go, to } from "../../router.ts";
import { toast } from "../../state.ts";
import type { PlanSummary } from "../../types.ts";
import { CostOverTime } from "./cost_over_time.tsx";
import { Selection } from "./selection.tsx";

const PAGE = 200;

interface Loading {
  plans: PlanSummary[];
  next: number | null;
}

export function HistoryView(props: { picked: number[] }) {
  const first = useResource((signal) => api.plans(PAGE, null, signal), []);
  const [more, setMore] = useState<Loading | null>(null);
  const reload = () => {
    setMore(null);
    first.reload();
  };
  return (
    <>
      <PageHead
        eyebrow="History"
        title="Plans over time"
        lead="Pick one to export, activate or delete it, two to see what changes between them."
      />
      <Loaded of={first} what="the plans">
        {(data) => {
          const plans = [...data.plans, ...(more?.plans ?? [])];
          const next = more ? more.next : data.next;
          const older = async () => {
            try {
              const page = await api.plans(PAGE, next);
              setMore({ plans: [...(more?.plans ?? []), ...page.plans], next: page.next });
            } catch (error) {
              toast(error instanceof Error ? error.message : String(error), "bad");
            }
          };
          if (!plans.length) {
            return (
              <Panel title="Plans">
                <Empty title="No plan has been made yet.">
                  <a class="button primary" href={to.home}>
                    Start from an example
                  </a>
                </Empty>
              </Panel>
            );
          }
          return <Plans plans={plans} picked={props.picked} older={next === null ? null : older} reload={reload} />;
        }}
      </Loaded>
    </>
  );
}

function Plans(props: { plans: PlanSummary[]; picked: number[]; older: (() => void) | null; reload: () => void }) {
  return (
    <>
      <CostOverTime plans={props.plans} />
      <Panel
        title="Plans"
        aside={
          props.older && (
            <button type="button" class="button small" onClick={props.older}>
              Load older plans
            </button>
          )
        }
      >
        <Selection plans={props.plans} picked={props.picked} reload={props.reload} />
        <PlanTable plans={props.plans} picked={props.picked} />
      </Panel>
    </>
  );
}

/** A third pick takes the place of the older of two. */
function toggled(picked: readonly number[], id: number): number[] {
  return picked.includes(id) ? picked.filter((p) => p !== id) : [...picked, id].slice(-2);
}

const columns: Column<PlanSummary>[] = [
  {
    key: "id",
    head: "Plan",
    rowHead: true,
    value: (p) => p.id,
    text: (p) => `Plan ${p.id}`,
    cell: (p) => <a href={to.plan(p.id)}>Plan {p.id}</a>,
  },
  {
    key: "name",
    head: "Title",
    value: planName,
    text: planName,
    cell: (p) => (
      <>
        {planName(p)} {p.active && <Pill tone="good">active</Pill>}
      </>
    ),
  },
  {
    key: "cost",
    head: "Cost",
    number: true,
    value: (p) => p.cost,
    text: (p) => f.perHour(p.cost),
    cell: (p) => <span title={f.perMonth(p.cost)}>{f.perHour(p.cost)}</span>,
  },
  { key: "gap", head: "Gap", number: true, value: (p) => p.gap, text: (p) => f.gap(p.gap) },
  {
    key: "status",
    head: "Status",
    value: (p) => p.status,
    text: (p) => p.status,
    cell: (p) => <StatusPill status={p.status} />,
  },
  { key: "gpus", head: "GPUs", number: true, value: (p) => p.gpus, text: (p) => f.integer(p.gpus) },
  { key: "classes", head: "Classes", number: true, value: (p) => p.classes, text: (p) => f.integer(p.classes) },
  {
    key: "slo",
    head: "SLO",
    value: (p) => p.slo_met,
    text: (p) => (p.slo_met ? "met" : "missed"),
    cell: (p) => <Pill tone={p.slo_met ? "good" : "bad"}>{p.slo_met ? "met" : "missed"}</Pill>,
  },
  { key: "method", head: "Method", value: (p) => p.method, text: (p) => p.method },
  { key: "seconds", head: "Took", number: true, value: (p) => p.seconds, text: (p) => f.duration(p.seconds) },
  {
    key: "created",
    head: "Made",
    value: (p) => p.created,
    text: (p) => f.when(p.created),
    cell: (p) => (
      <time dateTime={p.created} title={f.when(p.created)}>
        {f.ago(p.created)}
      </time>
    ),
  },
];

function PlanTable(props: { plans: PlanSummary[]; picked: number[] }) {
  const pick: Column<PlanSummary> = {
    key: "pick",
    head: "Pick",
    text: () => "",
    cell: (p) => (
      <input
        type="checkbox"
        aria-label={`Pick plan ${p.id}`}
        checked={props.picked.includes(p.id)}
        onChange={() => go(to.picked(toggled(props.picked, p.id)), true)}
      />
    ),
  };
  const all = useMemo(() => [pick, ...columns], [props.picked]);
  return <DataTable caption="Plans" what="plans" columns={all} rows={props.plans} rowKey={(p) => p.id} />;
}
