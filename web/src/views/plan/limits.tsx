import { useState } from "preact/hooks";
import { api } from "../../api.ts";
import { Notes, Pill } from "../../components/bits.tsx";
import type { Column } from "../../components/columns.ts";
import { JobStrip } from "../../components/job_strip.tsx";
import { Problems } from "../../components/problems.tsx";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import { limitValue } from "../../lib/limits.ts";
import type { Explanation, Plan, Saving, Worth } from "../../types.ts";

interface Row extends Worth {
  text: string;
  kind: string;
}

const saved = (s: Saving | null) =>
  s === null || s.saving === null ? "–" : `${s.basis === "step_best_found" ? "~ " : ""}${f.perHour(s.saving)}`;

const columns: Column<Row>[] = [
  { key: "limit", head: "Limit", rowHead: true, value: (r) => r.text, text: (r) => r.text },
  {
    key: "used",
    head: "Best plan uses",
    number: true,
    text: (r) => limitValue(r.kind, r.used),
    cell: (r) => (
      <>
        {limitValue(r.kind, r.used)} {r.tight && <Pill tone="close">tight</Pill>}
      </>
    ),
  },
  {
    key: "lifted",
    head: "Saves if lifted",
    number: true,
    value: (r) => r.lifted?.saving,
    text: (r) => saved(r.lifted),
    cell: (r) => <span title={f.perMonth(r.lifted?.saving)}>{saved(r.lifted)}</span>,
  },
  {
    key: "first",
    head: "First change that saves",
    number: true,
    value: (r) => r.first?.saving,
    text: (r) => (r.first?.saving ? `${limitValue(r.kind, r.first.value)}: ${saved(r.first)}` : "–"),
  },
];

/** What each limit costs, dearest first. */
export function Worths({ explanation }: { explanation: Explanation }) {
  const rows: Row[] = (explanation.worths ?? []).map((w) => {
    const limit = explanation.limits[w.limit];
    return { ...w, text: limit?.text ?? `limit ${w.limit}`, kind: limit?.kind ?? "" };
  });
  if (!rows.length) return <p class="quiet">No limit can be relaxed.</p>;
  const binding = rows.filter((r) => (r.lifted?.saving ?? 0) > 0).length;
  return (
    <>
      <p class="note">
        {binding === 0
          ? "No limit costs anything: the cheapest plan would be the same without any one of them."
          : `${f.count(binding, "limit")} of ${rows.length} cost something. Savings of two limits do not add up.`}
      </p>
      <DataTable
        caption="What each limit costs"
        what="limits"
        columns={columns}
        rows={rows}
        rowKey={(r) => r.limit}
        sort={{ key: "lifted", direction: "descending" }}
      />
      <Notes texts={explanation.notes} />
    </>
  );
}

interface Price {
  what: string;
  meaning: string;
  value: number;
}

const priceColumns: Column<Price>[] = [
  { key: "what", head: "Limit", rowHead: true, value: (p) => p.what, text: (p) => p.what },
  { key: "meaning", head: "One unit", text: (p) => p.meaning },
  {
    key: "value",
    head: "Worth",
    number: true,
    value: (p) => p.value,
    text: (p) => f.perHour(p.value),
    cell: (p) => <span title={f.perMonth(p.value)}>{f.perHour(p.value)}</span>,
  },
];

export function ShadowPrices({ plan }: { plan: Plan }) {
  const prices: Price[] = [
    ...Object.entries(plan.shadow_prices.pools).map(([name, value]) => ({
      what: `pool ${name}`,
      meaning: "one more GPU",
      value,
    })),
    ...(plan.shadow_prices.budget && plan.shadow_prices.budget > 1e-6
      ? [{ what: "budget", meaning: "one more USD/h", value: plan.shadow_prices.budget }]
      : []),
    ...Object.entries(plan.shadow_prices.classes).map(([name, value]) => ({
      what: name,
      meaning: "all its demand",
      value,
    })),
  ];
  if (!prices.length) {
    return <p class="quiet">This plan has none: its method computed no bound.</p>;
  }
  return (
    <DataTable
      caption="Shadow prices"
      what="prices"
      columns={priceColumns}
      rows={prices}
      rowKey={(p) => p.what}
      sort={{ key: "value", direction: "descending" }}
    />
  );
}

/** Shows the newest explanation of the plan, or makes one. */
export function Limits(props: { id: number; plan: Plan; explanation: Explanation | null; made: () => void }) {
  const [job, setJob] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const start = () => {
    setError(null);
    api.runStudy(props.id, "explain", {}).then((j) => setJob(j.id), setError);
  };
  return (
    <div class="pair wide-left">
      <div>
        <h3 class="sub">What each limit costs</h3>
        {props.explanation && <Worths explanation={props.explanation} />}
        {error !== null && <Problems error={error} retry={start} />}
        {job !== null && !props.explanation && (
          <JobStrip id={job} what="Solving without each limit" done={props.made} />
        )}
        {job === null && !props.explanation && (
          <>
            <p class="note">Solves again with each limit lifted and relaxed. Takes up to half a minute.</p>
            <button type="button" class="button" onClick={start}>
              Find what each limit costs
            </button>
          </>
        )}
      </div>
      <div>
        <h3 class="sub">Shadow prices</h3>
        <p class="note">If everything could be had in fractions. They guide; the other table is exact.</p>
        <ShadowPrices plan={props.plan} />
      </div>
    </div>
  );
}
