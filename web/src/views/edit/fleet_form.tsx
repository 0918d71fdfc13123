import { useState } from "preact/hooks";
import * as f from "../../lib/format.ts";
import type { CheckedFleet } from "../../types.ts";
import { ClassForm } from "./class_form.tsx";
import type { Edits } from "./edits.ts";
import { Knob } from "./knob.tsx";

const HEADROOM = { kind: "linear", from: 0, to: 1, steps: 100 } as const;
const FACTOR = { kind: "log", from: 0.1, to: 10 } as const;

const times = (value: number) => `${f.number(value)} times`;

export function FleetForm(props: { fleet: CheckedFleet; edits: Edits; base: (key: string, now: number) => number }) {
  const { fleet, edits, base } = props;
  // These two multiply what is there; one is where they begin, so each setting is a factor on the last.
  const [rates, setRates] = useState(1);
  const [slos, setSlos] = useState(1);
  const rent = fleet.budget ?? 100;
  return (
    <form aria-label="Fleet" onSubmit={(e) => e.preventDefault()}>
      <fieldset class="form-part">
        <legend>The whole fleet</legend>
        <Knob
          label="All rates"
          value={rates}
          base={1}
          unit="times"
          scale={FACTOR}
          text={times}
          commit={(v) => {
            if (v && edits.scaleRates(v / rates)) setRates(v);
          }}
        />
        <Knob
          label="All SLO times"
          value={slos}
          base={1}
          unit="times"
          scale={FACTOR}
          text={times}
          commit={(v) => {
            if (v && edits.scaleSlos(v / slos)) setSlos(v);
          }}
        />
        <Knob
          label="Headroom"
          value={fleet.headroom}
          base={0.1}
          unit="of rate"
          scale={HEADROOM}
          max={10}
          text={(v) => f.percent(v)}
          commit={(v) => edits.headroom(v ?? 0)}
        />
        <Knob
          label="Budget"
          value={fleet.budget}
          base={base("budget", rent)}
          unit="USD/h"
          optional
          text={f.perHour}
          commit={edits.budget}
        />
      </fieldset>
      <ClassForm fleet={fleet} edits={edits} base={base} />
      <OfferForm fleet={fleet} edits={edits} base={base} />
    </form>
  );
}

const FIRST_OFFERS = 8;
const boxes = (most: number) => {
  const to = Math.max(32, Math.ceil(most * 2));
  return { kind: "linear", from: 0, to, steps: Math.min(to, 400) } as const;
};

function OfferForm(props: { fleet: CheckedFleet; edits: Edits; base: (key: string, now: number) => number }) {
  const [all, setAll] = useState(false);
  const offers = props.fleet.pools.flatMap((pool) => pool.offers.map((offer) => ({ pool, offer })));
  const shown = all ? offers : offers.slice(0, FIRST_OFFERS);
  return (
    <fieldset class="form-part">
      <legend>Offers</legend>
      {shown.map(({ pool, offer }) => {
        const key = `${pool.name} ${offer.name}`;
        return (
          <div class="class-edit" key={key}>
            <h3>
              {pool.name}{" "}
              <span class="quiet">
                {offer.name}, {f.count(offer.lot, "GPU")} {pool.gpu} a box
              </span>
            </h3>
            <Knob
              label="Price"
              about={key}
              value={offer.cost}
              base={props.base(`price ${key}`, offer.cost || 1)}
              unit="USD/h"
              text={f.perHour}
              commit={(v) => v !== null && props.edits.offer(pool.name, offer.name, "cost", v)}
            />
            <Knob
              label="Quota"
              about={key}
              value={offer.max}
              base={8}
              scale={boxes(props.base(`max ${key}`, offer.max ?? 8))}
              unit="boxes"
              optional
              text={(v) => f.count(Math.round(v), "box", "boxes")}
              commit={(v) => props.edits.offer(pool.name, offer.name, "max", v === null ? null : Math.round(v))}
            />
          </div>
        );
      })}
      {shown.length < offers.length && (
        <button type="button" class="button small" onClick={() => setAll(true)}>
          Show all {offers.length} offers
        </button>
      )}
    </fieldset>
  );
}
