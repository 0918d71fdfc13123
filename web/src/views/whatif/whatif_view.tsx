import { useEffect, useState } from "preact/hooks";
import { api } from "../../api.ts";
import { Empty, PageHead, Panel } from "../../components/bits.tsx";
import { JobStrip } from "../../components/job_strip.tsx";
import { Problems } from "../../components/problems.tsx";
import { Loaded, useResource } from "../../components/resource.tsx";
import * as f from "../../lib/format.ts";
import { planName } from "../../lib/names.ts";
import { go, to, type StudyTab } from "../../router.ts";
import type { PlanRecord, PlanSummary, Study, StudyHead, StudyKind } from "../../types.ts";
import { StudyForm } from "./study_forms.tsx";
import { StudyResultView } from "./study_result.tsx";

export const TAB_NAMES: Record<StudyTab, string> = { simulate: "Simulate", stress: "Stress", replay: "Replay" };
const STUDY_NAMES: Record<StudyKind, string> = {
  simulate: "Simulation",
  stress: "Stress test",
  replay: "Replay",
  explain: "Explanation",
};
const QUESTIONS: Record<StudyTab, string> = {
  simulate: "Replays the plan request by request and measures what it predicts.",
  stress: "Keeps the replicas, changes demand, delay and error, and routes each scenario anew at least cost.",
  replay: "Plays demand window by window and asks what each way of planning costs, and which promises it breaks.",
};

interface Context {
  record: PlanRecord;
  studies: StudyHead[];
}

async function context(plan: number, signal: AbortSignal): Promise<Context> {
  const [record, { studies }] = await Promise.all([api.plan(plan, signal), api.studies(plan, signal)]);
  return { record, studies };
}

/** Without a plan in the address: the active one, or else the newest. */
export function WhatIfView(props: { id: number | null; tab: StudyTab }) {
  const plans = useResource((signal) => api.plans(200, null, signal).then((page) => page.plans), []);
  const id = props.id ?? (plans.data?.find((p) => p.active) ?? plans.data?.[0])?.id ?? null;
  if (id === null) {
    return (
      <>
        <PageHead eyebrow="What-if" title="What if" />
        <Loaded of={plans} what="the plans">
          {() => (
            <Empty title="There is no plan to ask about.">
              <a class="button primary" href={to.home}>
                Start from an example
              </a>
            </Empty>
          )}
        </Loaded>
      </>
    );
  }
  return <OfPlan key={id} id={id} tab={props.tab} plans={plans.data ?? []} study={null} />;
}

export function StudyView(props: { id: number }) {
  const study = useResource((signal) => api.study(props.id, signal), [props.id]);
  return (
    <Loaded of={study} what="the study" page={`Study ${props.id}`}>
      {(data) => (
        <OfPlan
          key={data.plan}
          id={data.plan}
          tab={data.kind === "explain" ? "simulate" : data.kind}
          plans={[]}
          study={data}
        />
      )}
    </Loaded>
  );
}

function OfPlan(props: { id: number; tab: StudyTab; plans: PlanSummary[]; study: Study | null }) {
  const { id, tab, study } = props;
  const found = useResource((signal) => context(id, signal), [id]);
  const explains = study?.kind === "explain";
  return (
    <>
      <PageHead
        eyebrow={study ? `Study ${study.id} of plan ${id}` : `What if, plan ${id}`}
        title={study ? `${STUDY_NAMES[study.kind]} ${study.id}` : found.data ? planName(found.data.record) : "What if"}
        lead={
          study ? (
            <>
              Of <a href={to.plan(id)}>plan {id}</a>,{" "}
              <time dateTime={study.created} title={f.when(study.created)}>
                {f.ago(study.created)}
              </time>
            </>
          ) : (
            <>
              Of <a href={to.plan(id)}>plan {id}</a>. {QUESTIONS[tab]}
            </>
          )
        }
        actions={props.plans.length > 1 && <PlanPicker {...props} />}
      />
      {!explains && (
        <nav class="tabs" aria-label="Kinds of study">
          {(Object.keys(TAB_NAMES) as StudyTab[]).map((kind) => (
            <a href={to.whatIf(id, kind)} aria-current={kind === tab ? "page" : undefined}>
              {TAB_NAMES[kind]}
            </a>
          ))}
        </nav>
      )}
      <Loaded of={found} what="the plan">
        {(data) => <Tab key={tab} tab={tab} study={study} {...data} />}
      </Loaded>
    </>
  );
}

function PlanPicker(props: { id: number; tab: StudyTab; plans: PlanSummary[] }) {
  return (
    <label class="field">
      <span>Plan</span>
      <select value={String(props.id)} onChange={(e) => go(to.whatIf(Number(e.currentTarget.value), props.tab))}>
        {props.plans.map((p) => (
          <option value={String(p.id)}>
            {p.id} {planName(p)}
            {p.active ? ", active" : ""}
          </option>
        ))}
      </select>
    </label>
  );
}

function Tab(props: Context & { tab: StudyTab; study: Study | null }) {
  const { record, tab, study } = props;
  const earlier = props.studies.filter((s) => s.kind === (study?.kind ?? tab));
  const newest = earlier[0]?.id ?? null;
  return (
    <>
      {study?.kind !== "explain" && <Ask record={record} tab={tab} request={study?.request ?? {}} />}
      {study ? (
        <StudyResultView study={study} record={record} />
      ) : (
        newest !== null && <Newest id={newest} record={record} />
      )}
      <Earlier studies={earlier.filter((s) => s.id !== (study?.id ?? newest))} />
    </>
  );
}

function Newest(props: { id: number; record: PlanRecord }) {
  const study = useResource((signal) => api.study(props.id, signal), [props.id]);
  return (
    <Loaded of={study} what="the newest study">
      {(data) => <StudyResultView study={data} record={props.record} />}
    </Loaded>
  );
}

function Earlier({ studies }: { studies: StudyHead[] }) {
  if (!studies.length) return null;
  return (
    <Panel title="Other studies of this plan">
      <ul class="inline-list">
        {studies.map((s) => (
          <li>
            <a href={to.study(s.id)}>
              {STUDY_NAMES[s.kind]} {s.id}
            </a>{" "}
            <span class="quiet">{f.ago(s.created)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Ask(props: { record: PlanRecord; tab: StudyTab; request: Record<string, unknown> }) {
  const [job, setJob] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [last, setLast] = useState<object>({});
  useEffect(() => setJob(null), [props.request]);
  const run = (body: object) => {
    setLast(body);
    setError(null);
    api.runStudy(props.record.id, props.tab, body).then((j) => setJob(j.id), setError);
  };
  return (
    <Panel title="Ask">
      <StudyForm tab={props.tab} request={props.request} run={run} />
      {error !== null && <Problems error={error} retry={() => run(last)} />}
      {job !== null && (
        <JobStrip
          key={job}
          id={job}
          what={`${STUDY_NAMES[props.tab]} runs`}
          done={(j) => j.result?.study && go(to.study(j.result.study))}
        />
      )}
    </Panel>
  );
}
