import { useMemo } from "preact/hooks";
import { Pill } from "../../components/bits.tsx";
import * as f from "../../lib/format.ts";
import { levelsOf, simulatedByName, tightestFirst, VERDICT_LOOKS, verdictOf, type Level } from "../../lib/levels.ts";
import type { PlanClass, SimulatedClass, Simulation } from "../../types.ts";
import { ClassTable } from "./tables.tsx";

const CARDS = 12;
/** Where on its track a bar meets its limit; beyond it there is room to be late. */
const LIMIT_AT = 0.75;

const show = (level: Level, value: number | null) => (level.unit === "time" ? f.duration(value) : f.percent(value));

type Kind = "predicted" | "simulated";

/** Of a simulated time the interval decides, not the time alone. */
function tone(part: number, level: Level, kind: Kind): string {
  const late = kind === "simulated" ? level.verdict === "late" : part > 1;
  return late ? "bad" : part > 0.95 ? "close" : "good";
}

function Bar(props: { level: Level; value: number; kind: Kind }) {
  const part = props.value / (props.level.limit ?? props.value);
  const width = `${Math.min(1, part * LIMIT_AT) * 100}%`;
  return <span class={`fill ${tone(part, props.level, props.kind)} ${props.kind}`} style={{ width }} />;
}

function simulatedText(level: Level): string {
  if (level.limit === null) return "";
  return level.verdict === "late" ? "bad-text" : level.verdict === "unsure" ? "close-text" : "";
}

function LevelRow({ level }: { level: Level }) {
  const limit = level.limit === null ? ", no limit" : ` of ${show(level, level.limit)}`;
  return (
    <div class="level">
      <dt>{level.metric}</dt>
      <dd>
        <span class="level-text">
          {show(level, level.predicted)}
          {limit}
        </span>
        <span class="level-track" aria-hidden="true">
          {level.limit !== null && level.predicted !== null && (
            <Bar level={level} value={level.predicted} kind="predicted" />
          )}
          {level.limit !== null && <span class="mark" />}
        </span>
        {level.simulated !== null && (
          <>
            <span class={`level-text simulated ${simulatedText(level)}`}>
              {show(level, level.simulated)}
              {level.spread ? ` ± ${show(level, level.spread)}` : ""} simulated
            </span>
            <span class="level-track thin" aria-hidden="true">
              {level.limit !== null && <Bar level={level} value={level.simulated} kind="simulated" />}
              {level.limit !== null && <span class="mark" />}
            </span>
          </>
        )}
      </dd>
    </div>
  );
}

function SimulatedPill({ of }: { of: SimulatedClass }) {
  const { word, tone, title } = VERDICT_LOOKS[verdictOf(of)];
  return (
    <Pill tone={tone} title={`${title}. ${f.percent(of.attainment, 4)} of the simulated requests kept all limits`}>
      {word} in simulation
    </Pill>
  );
}

function ClassCard(props: { class: PlanClass; simulated: SimulatedClass | undefined }) {
  const { class: c, simulated } = props;
  return (
    <article class="class-card" aria-label={c.name}>
      <header>
        <h3>
          {c.name}
          <span class="about">
            {f.rate(c.rate)}, {f.percentile(c.slo.percentile)}
            {c.unmet > 0 && `, ${f.percent(c.unmet)} refused`}
          </span>
        </h3>
        <span class="pills">
          <Pill tone={c.slo_met ? "good" : "bad"}>{c.slo_met ? "met" : "missed"}</Pill>
          {simulated && <SimulatedPill of={simulated} />}
        </span>
      </header>
      <dl class="levels">
        {levelsOf(c, simulated).map((l) => (
          <LevelRow level={l} />
        ))}
      </dl>
    </article>
  );
}

export function Levels(props: { classes: readonly PlanClass[]; simulation: Simulation | null }) {
  const order = useMemo(() => tightestFirst(props.classes), [props.classes]);
  const simulated = useMemo(() => simulatedByName(props.simulation), [props.simulation]);
  const rest = order.length > CARDS;
  return (
    <>
      <div class="cards">
        {order.slice(0, CARDS).map((c) => (
          <ClassCard class={c} simulated={simulated.get(c.name)} />
        ))}
      </div>
      {rest && (
        <>
          <h3 class="sub">All {f.integer(order.length)} classes</h3>
          <ClassTable classes={order} />
        </>
      )}
    </>
  );
}
