import { useEffect, useState } from "preact/hooks";
import { useUid } from "../../components/uid.ts";
import { fromSlider, stepsOf, toSlider, type Scale } from "../../lib/scale.ts";

interface NumberProps {
  id?: string;
  label?: string;
  value: number | null;
  unit: string;
  min?: number;
  max?: number;
  /** Null is allowed and means that there is no limit. */
  optional?: boolean;
  commit: (value: number | null) => void;
}

const round = (value: number) => Number(value.toPrecision(4));

/** Commits when the reader is done with it, not at every key: half a number is no number. */
export function NumberField(props: NumberProps) {
  const text = props.value === null ? "" : String(round(props.value));
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  const commit = () => {
    if (draft === text) return;
    const value = draft.trim() === "" ? null : Number(draft);
    const bad =
      value === null
        ? !props.optional
        : !Number.isFinite(value) || value < (props.min ?? 0) || value > (props.max ?? 1e9);
    if (bad) setDraft(text);
    else props.commit(value);
  };
  return (
    <span class="with-unit">
      <input
        id={props.id}
        aria-label={props.label}
        inputMode="decimal"
        type="text"
        value={draft}
        placeholder={props.optional ? "no limit" : ""}
        onInput={(e) => setDraft(e.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(e) => {
          if (e.key === "Enter") commit();
          if (e.key === "Escape") setDraft(text);
        }}
      />
      <span class="unit">{props.unit}</span>
    </span>
  );
}

/** A slider with its number. The slider commits when it is let go. */
export function Knob(props: {
  label: string;
  about?: string;
  value: number | null;
  base: number;
  unit: string;
  scale?: Scale;
  optional?: boolean;
  max?: number;
  text: (value: number) => string;
  commit: (value: number | null) => void;
}) {
  const id = useUid();
  const scale: Scale = props.scale ?? { kind: "log", from: props.base / 10, to: props.base * 10 };
  const [moving, setMoving] = useState<number | null>(null);
  useEffect(() => setMoving(null), [props.value]);
  const value = moving ?? props.value;
  const name = props.about ? `${props.label} of ${props.about}` : props.label;
  const at = (slider: string) => fromSlider(scale, Number(slider));
  return (
    <div class="knob">
      <label for={id}>
        {props.label}
        {props.about && <span class="unseen"> of {props.about}</span>}
      </label>
      <input
        type="range"
        min={0}
        max={stepsOf(scale)}
        step={1}
        aria-label={`${name}, slider`}
        value={toSlider(scale, value ?? props.base)}
        aria-valuetext={value === null ? "no limit" : props.text(value)}
        onInput={(e) => setMoving(at(e.currentTarget.value))}
        onChange={(e) => props.commit(at(e.currentTarget.value))}
      />
      <NumberField
        id={id}
        value={value}
        unit={props.unit}
        optional={props.optional ?? false}
        {...(props.max === undefined ? {} : { max: props.max })}
        commit={props.commit}
      />
    </div>
  );
}
