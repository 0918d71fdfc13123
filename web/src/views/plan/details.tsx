import { useState } from "preact/hooks";
import * as f from "../../lib/format.ts";
import { to } from "../../router.ts";
import { toast } from "../../state.ts";
import type { Deployment, Plan, PlanRecord, StudyHead } from "../../types.ts";

const FIRST = 20;

export function EngineArguments({ plan }: { plan: Plan }) {
  const [all, setAll] = useState(false);
  const shown = all ? plan.deployments : plan.deployments.slice(0, FIRST);
  return (
    <div class="details-list">
      {shown.map((d) => (
        <Arguments deployment={d} />
      ))}
      {shown.length < plan.deployments.length && (
        <button type="button" class="button" onClick={() => setAll(true)}>
          Show all {f.integer(plan.deployments.length)}
        </button>
      )}
    </div>
  );
}

/** Each option with its value on a line of its own, as one would write it in a script. */
function commandLines(args: readonly string[]): string {
  return args.join(" ").replace(/ (--)/g, " \\\n  $1");
}

function Arguments({ deployment: d }: { deployment: Deployment }) {
  const text = commandLines(d.engine_args);
  const copy = () => {
    navigator.clipboard.writeText(d.engine_args.join(" ")).then(
      () => toast(`Copied the arguments of ${d.name}`),
      () => toast("The browser does not let this page use the clipboard", "bad"),
    );
  };
  return (
    <details>
      <summary>
        {d.name}{" "}
        <span class="quiet">
          {f.shape(d)} on {d.gpu}
        </span>
      </summary>
      <pre tabIndex={0} aria-label={`Engine arguments of ${d.name}`}>
        {text}
      </pre>
      <button type="button" class="button small" onClick={copy}>
        Copy
      </button>
    </details>
  );
}

const STUDY_NAMES = { simulate: "Simulation", stress: "Stress", replay: "Replay", explain: "Explanation" };

export function HowMade(props: { record: PlanRecord; studies: readonly StudyHead[] }) {
  const { record } = props;
  const { seconds } = record.plan;
  const asked = Object.entries(record.request).filter(([, v]) => v !== null && v !== "" && v !== undefined);
  return (
    <>
      <dl class="facts">
        <dt>Method</dt>
        <dd>
          {record.method}, {record.status}
        </dd>
        <dt>Asked for</dt>
        <dd>{asked.length ? asked.map(([k, v]) => `${k} ${String(v)}`).join(", ") : "the defaults"}</dd>
        <dt>Time</dt>
        <dd>
          {f.duration(seconds.build)} to build the options, {f.duration(seconds.solve)} to solve,{" "}
          {f.duration(seconds.bound)} for the bound
        </dd>
        <dt>Made</dt>
        <dd>{f.when(record.created)}</dd>
        {record.current !== null && (
          <>
            <dt>From plan</dt>
            <dd>
              <a href={to.plan(record.current)}>{record.current}</a>,{" "}
              <a href={to.diff(record.current, record.id)}>what changes</a>
            </dd>
          </>
        )}
        {props.studies.length > 0 && (
          <>
            <dt>Studies</dt>
            <dd>
              <ul class="inline-list">
                {props.studies.map((s) => (
                  <li>
                    <a href={to.study(s.id)}>
                      {STUDY_NAMES[s.kind]} {s.id}
                    </a>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
    </>
  );
}
