import { useState } from "preact/hooks";
import { api } from "../../api.ts";
import { Confirm } from "../../components/dialog.tsx";
import { ExportMenu } from "../../components/download.tsx";
import { go, to } from "../../router.ts";
import { toast } from "../../state.ts";
import type { PlanSummary } from "../../types.ts";

const failed = (error: unknown) => toast(error instanceof Error ? error.message : String(error), "bad");

/** What can be done with the plans that are picked. */
export function Selection(props: { plans: PlanSummary[]; picked: number[]; reload: () => void }) {
  const picked = props.plans.filter((p) => props.picked.includes(p.id));
  const [one] = picked;
  if (!one) return null;
  const ids = picked.map((p) => p.id).sort((a, b) => a - b);
  const [from, other] = ids;
  return (
    <div class="selection" role="region" aria-label="Picked plans">
      <strong>{ids.map((id) => `Plan ${id}`).join(" and ")}</strong>
      {from !== undefined && other !== undefined ? (
        <a class="button primary" href={to.diff(from, other)}>
          What changes from {from} to {other}
        </a>
      ) : (
        <Single plan={one} reload={props.reload} />
      )}
      <button type="button" class="button ghost push" onClick={() => go(to.picked([]), true)}>
        Clear
      </button>
    </div>
  );
}

function Single({ plan, reload }: { plan: PlanSummary; reload: () => void }) {
  const [asking, setAsking] = useState(false);
  const activate = () =>
    api.activate(plan.id).then(() => {
      toast(`Plan ${plan.id} is active`);
      reload();
    }, failed);
  const remove = () =>
    api.removePlan(plan.id).then(() => {
      toast(`Plan ${plan.id} is deleted`);
      go(to.history, true);
      reload();
    }, failed);
  return (
    <>
      <a class="button" href={to.plan(plan.id)}>
        Open
      </a>
      <a class="button" href={to.edit(plan.id)}>
        Edit fleet
      </a>
      <ExportMenu id={plan.id} />
      {!plan.active && (
        <button type="button" class="button" onClick={activate}>
          Activate
        </button>
      )}
      {!plan.active && (
        <button type="button" class="button danger" onClick={() => setAsking(true)}>
          Delete
        </button>
      )}
      {asking && (
        <Confirm
          title={`Delete plan ${plan.id}?`}
          text="The plan, its fleet and its studies are forgotten. This cannot be undone."
          action="Delete"
          close={() => setAsking(false)}
          confirm={remove}
        />
      )}
    </>
  );
}
