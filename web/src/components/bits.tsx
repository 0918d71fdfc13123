import type { ComponentChildren } from "preact";
import { useUid } from "./uid.ts";
import * as f from "../lib/format.ts";

export type Tone = "good" | "close" | "bad" | "quiet";

export function Pill(props: { tone: Tone; children: ComponentChildren; title?: string }) {
  return (
    <span class={`pill ${props.tone}`} title={props.title}>
      {props.children}
    </span>
  );
}

/** Status of a plan in words: what it proves. */
export function StatusPill(props: { status: string }) {
  if (props.status === "optimal")
    return (
      <Pill tone="good" title="proven: no plan costs less">
        optimal
      </Pill>
    );
  if (props.status === "feasible")
    return (
      <Pill tone="quiet" title="a plan without a proof">
        feasible
      </Pill>
    );
  return (
    <Pill tone="close" title="a limit ended the work early">
      {props.status}
    </Pill>
  );
}

export function Panel(props: {
  title: string;
  note?: ComponentChildren;
  aside?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}) {
  const id = useUid();
  return (
    <section class={`panel ${props.class ?? ""}`} aria-labelledby={id}>
      <div class="panel-head">
        <div>
          <h2 id={id}>{props.title}</h2>
          {props.note && <p class="note">{props.note}</p>}
        </div>
        {props.aside && <div class="panel-aside">{props.aside}</div>}
      </div>
      {props.children}
    </section>
  );
}

export function Figure(props: { label: string; value: ComponentChildren; small?: ComponentChildren; tone?: Tone }) {
  return (
    <div class="figure">
      <dt>{props.label}</dt>
      <dd>
        <span class={`big ${props.tone ? `${props.tone}-text` : ""}`}>{props.value}</span>
        {props.small && <span class="small">{props.small}</span>}
      </dd>
    </div>
  );
}

export function Figures(props: { children: ComponentChildren }) {
  return <dl class="figures">{props.children}</dl>;
}

/** USD per hour, with the month where a pointer rests. */
export function Money(props: { perHour: number | null | undefined }) {
  return (
    <span class="num" title={f.perMonth(props.perHour)}>
      {f.perHour(props.perHour)}
    </span>
  );
}

/** A thin bar beside a number that is itself written out. */
export function Meter(props: { share: number; tone?: Tone | `hue-${number}` | "hue-other"; wide?: boolean }) {
  const width = `${Math.max(0, Math.min(1, props.share)) * 100}%`;
  return (
    <span class={`meter ${props.wide ? "wide" : ""}`} aria-hidden="true">
      <span class={`fill ${props.tone ?? "accent"}`} style={{ width }} />
    </span>
  );
}

export function PageHead(props: {
  eyebrow: string;
  title: string;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
}) {
  return (
    <header class="page-head">
      <div>
        <p class="eyebrow">{props.eyebrow}</p>
        <h1 tabIndex={-1}>{props.title}</h1>
        {props.lead && <p class="lead">{props.lead}</p>}
      </div>
      {props.actions && <div class="actions">{props.actions}</div>}
    </header>
  );
}

/** What a document has to say beside its numbers. */
export function Notes(props: { texts: readonly string[] }) {
  return (
    <>
      {props.texts.map((text) => (
        <p class="note">{f.sentence(text)}</p>
      ))}
    </>
  );
}

export function Empty(props: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{props.title}</p>
      {props.children}
    </div>
  );
}
