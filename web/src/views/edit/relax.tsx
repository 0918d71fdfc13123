import { Notes, Panel } from "../../components/bits.tsx";
import * as f from "../../lib/format.ts";
import type { Explanation, Relaxation } from "../../types.ts";
import { Worths } from "../plan/limits.tsx";

function Way(props: { way: Relaxation; apply: ((way: Relaxation) => void) | null; can: boolean }) {
  const { way } = props;
  return (
    <li>
      <span class="step-title">{way.text.replaceAll(" -> ", " → ")}</span>
      {!way.smallest && <span class="quiet"> (less may do)</span>}
      {way.plan && (
        <p class="note">
          The cheapest plan then costs <span title={f.perMonth(way.plan.cost)}>{f.perHour(way.plan.cost)}</span>
          {way.plan.optimal ? "" : " or less"}.
        </p>
      )}
      {props.apply && props.can && (
        <button type="button" class="button small" onClick={() => props.apply?.(way)}>
          Change the fleet so
        </button>
      )}
    </li>
  );
}

/** Why there is no plan, and what leaves one. */
export function Relax(props: {
  explanation: Explanation;
  apply?: (way: Relaxation) => void;
  can?: (way: Relaxation) => boolean;
}) {
  const { explanation: e } = props;
  if (e.status === "feasible") {
    return (
      <Panel title="There is a plan: what each limit costs">
        <Worths explanation={e} />
      </Panel>
    );
  }
  const text = (limit: number) => e.limits[limit]?.text ?? `limit ${limit}`;
  return (
    <Panel title="What to relax" note={`${f.count(e.solves, "problem")} solved in ${f.duration(e.seconds)}.`}>
      {(e.conflicts ?? []).map((c) => (
        <>
          <h3 class="sub">Limits that contradict each other{c.minimal ? "" : " (perhaps not all of them)"}</h3>
          <ul>
            {c.limits.map((l) => (
              <li>{text(l)}</li>
            ))}
          </ul>
        </>
      ))}
      {(e.relaxations ?? []).length > 0 && (
        <>
          <h3 class="sub">Each of these leaves a plan</h3>
          <ol class="steps">
            {e.relaxations?.map((way) => (
              <Way way={way} apply={props.apply ?? null} can={props.can?.(way) ?? false} />
            ))}
          </ol>
        </>
      )}
      {(e.not_enough ?? []).length > 0 && (
        <>
          <h3 class="sub">What does not help</h3>
          <ul>
            {e.not_enough?.map((w) => (
              <li>{w.text.replaceAll(" -> ", " → ")}</li>
            ))}
          </ul>
        </>
      )}
      {(e.uncoverable ?? []).map((u) => (
        <p class="note">
          <code>{u.where}</code> {u.message}. {u.suggestion}
        </p>
      ))}
      <Notes texts={e.notes} />
    </Panel>
  );
}
