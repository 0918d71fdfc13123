import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { highlight } from "../../lib/highlight.ts";
import type { CheckProblem } from "../../types.ts";

const LINE = 20;
const PAD = 8;

interface Props {
  text: string;
  change: (text: string) => void;
  errors: readonly CheckProblem[];
  /** Line to bring into sight, counted up by `round` so that the same line can be asked for again. */
  reveal: { line: number; round: number } | null;
}

/** A text area that the browser edits as ever; behind it the lines in sight are painted, beside it stand their numbers. */
export function CodeEditor(props: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [scroll, setScroll] = useState({ top: 0, left: 0, height: 600 });
  const lines = useMemo(() => props.text.split("\n"), [props.text]);
  const wrong = useMemo(() => errorLines(props.errors), [props.errors]);
  useReveal(area, lines, props.reveal);
  const measure = () => {
    const a = area.current;
    if (a) setScroll({ top: a.scrollTop, left: a.scrollLeft, height: a.clientHeight });
  };
  useEffect(measure, []);
  const first = Math.max(0, Math.floor((scroll.top - PAD) / LINE));
  const last = Math.min(lines.length, first + Math.ceil(scroll.height / LINE) + 2);
  const shown = lines.slice(first, last).map((text, i) => ({ text, line: first + i + 1 }));
  const at = (line: number) => `${PAD + (line - 1) * LINE - scroll.top}px`;
  return (
    <div class="code">
      <div class="code-scroll">
        <Gutter lines={shown.map((l) => l.line)} wrong={wrong} at={at} />
        <div class="code-area">
          <pre class="code-paint" aria-hidden="true">
            {shown.map((l) => (
              <div
                key={l.line}
                class={wrong.has(l.line) ? "wrong" : ""}
                style={{ top: at(l.line), left: `${12 - scroll.left}px` }}
              >
                {highlight(l.text).map((t) => (t.kind ? <span class={`y-${t.kind}`}>{t.text}</span> : t.text))}
              </div>
            ))}
          </pre>
          <textarea
            ref={area}
            aria-label="Fleet, YAML"
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            wrap="off"
            aria-invalid={props.errors.length > 0}
            aria-describedby="check-result"
            value={props.text}
            onInput={(e) => props.change(e.currentTarget.value)}
            onScroll={measure}
            onKeyDown={indent}
          />
        </div>
      </div>
    </div>
  );
}

function Gutter(props: { lines: number[]; wrong: Map<number, string>; at: (line: number) => string }) {
  const { wrong, at } = props;
  return (
    <div class="gutter" aria-hidden="true">
      {props.lines.map((line) => (
        <span key={line} class={wrong.has(line) ? "wrong" : ""} title={wrong.get(line)} style={{ top: at(line) }}>
          {line}
        </span>
      ))}
    </div>
  );
}

function errorLines(errors: readonly CheckProblem[]): Map<number, string> {
  const lines = new Map<number, string>();
  for (const e of errors) if (e.line) lines.set(e.line, [lines.get(e.line), e.message].filter(Boolean).join("\n"));
  return lines;
}

function useReveal(area: { current: HTMLTextAreaElement | null }, lines: readonly string[], reveal: Props["reveal"]) {
  useEffect(() => {
    const a = area.current;
    if (!a || !reveal) return;
    const start = lines.slice(0, reveal.line - 1).reduce((sum, l) => sum + l.length + 1, 0);
    a.focus();
    a.setSelectionRange(start, start + (lines[reveal.line - 1]?.length ?? 0));
    a.scrollTop = Math.max(0, (reveal.line - 4) * LINE);
  }, [reveal?.round]);
}

/** Enter keeps the indentation. Tab stays what it is elsewhere: the way to the next control. */
function indent(e: KeyboardEvent): void {
  if (e.key !== "Enter" || e.ctrlKey || e.metaKey) return;
  const a = e.currentTarget as HTMLTextAreaElement;
  const lineStart = a.value.lastIndexOf("\n", a.selectionStart - 1) + 1;
  const space = /^ */.exec(a.value.slice(lineStart, a.selectionStart))?.[0] ?? "";
  if (!space) return;
  e.preventDefault();
  a.setRangeText(`\n${space}`, a.selectionStart, a.selectionEnd, "end");
  a.dispatchEvent(new Event("input", { bubbles: true }));
}
