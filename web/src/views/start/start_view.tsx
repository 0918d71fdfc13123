import { api } from "../../api.ts";
import { PageHead } from "../../components/bits.tsx";
import { Loaded, useResource } from "../../components/resource.tsx";
import { to } from "../../router.ts";
import type { Example } from "../../types.ts";
import { PlanView } from "../plan/plan_view.tsx";

/** The plan that is active, or else the newest. */
async function currentPlan(signal: AbortSignal): Promise<number | null> {
  const { plans } = await api.plans(200, null, signal);
  return (plans.find((p) => p.active) ?? plans[0])?.id ?? null;
}

export function StartView() {
  const current = useResource(currentPlan, []);
  if (!current.error && current.loading === false && current.data === null) return <Welcome />;
  return (
    <Loaded of={current} what="the plan" page="Plan">
      {(id) => <PlanView key={id} id={id as number} />}
    </Loaded>
  );
}

function Welcome() {
  const examples = useResource((signal) => api.examples(signal), []);
  return (
    <>
      <PageHead
        eyebrow="Berth"
        title="No plan yet"
        lead="Say what is asked for and which GPUs there are; Berth finds the fleet that costs least, and proves how near to the least it is."
        actions={
          <a class="button" href={to.edit()}>
            Write a fleet
          </a>
        }
      />
      <section aria-labelledby="examples">
        <h2 id="examples" class="section-title">
          Start from an example
        </h2>
        <Loaded of={examples} what="the examples">
          {(data) => (
            <ul class="examples">
              {data.examples.map((e) => (
                <ExampleCard example={e} />
              ))}
            </ul>
          )}
        </Loaded>
      </section>
    </>
  );
}

function ExampleCard({ example }: { example: Example }) {
  return (
    <li>
      <a href={to.example(example.name)}>
        <span class="example-name">{example.name}</span>
        <span class="example-title">{example.title}</span>
      </a>
    </li>
  );
}
