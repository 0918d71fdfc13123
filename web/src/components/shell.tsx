import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { to, type Route } from "../router.ts";
import { announcement, answerToken, dropToast, theme, toasts, tokenAsked, type Theme } from "../state.ts";
import { Dialog } from "./dialog.tsx";

const SECTIONS: [string, string, Route["view"][]][] = [
  ["Plan", to.home, ["home", "plan"]],
  ["Edit", to.edit(), ["edit"]],
  ["Live", to.jobs, ["jobs", "job"]],
  ["What-if", to.whatIf(null), ["whatif", "study"]],
  ["History", to.history, ["history", "diff"]],
];

const TITLES: Record<Route["view"], string> = {
  home: "Plan",
  plan: "Plan",
  whatif: "What-if",
  history: "History",
  diff: "Difference",
  jobs: "Live",
  job: "Live",
  study: "Study",
  edit: "Edit",
  missing: "Not found",
};

function title(at: Route): string {
  const id = at.view === "diff" ? ` ${at.from} to ${at.to}` : "id" in at && at.id !== null ? ` ${at.id}` : "";
  return `${TITLES[at.view]}${id} · Berth`;
}

export function Shell(props: { at: Route; children: ComponentChildren }) {
  useEffect(() => {
    document.title = title(props.at);
  });
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(e) => {
          e.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <a class="brand" href={to.home} aria-label="Berth, to the plan">
            <Mark />
            Berth
          </a>
          <nav aria-label="Sections">
            {SECTIONS.map(([name, href, views]) => (
              <a href={href} aria-current={views.includes(props.at.view) ? "page" : undefined}>
                {name}
              </a>
            ))}
          </nav>
          <ThemeButton />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
      <div class="unseen" role="status" aria-live="polite">
        {announcement.value}
      </div>
      <Toasts />
      {tokenAsked.value && <TokenDialog refused={tokenAsked.value.refused} />}
    </>
  );
}

function Mark() {
  return (
    <svg class="mark-icon" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="7" class="mark-ground" />
      <path d="M7 21h18M9 21v-6h6v6M17 21V9h6v12" class="mark-lines" />
    </svg>
  );
}

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const SIGNS: Record<Theme, string> = { system: "◐", light: "☀", dark: "☾" };

function ThemeButton() {
  const now = theme.value;
  return (
    <button
      type="button"
      class="button small ghost theme"
      onClick={() => (theme.value = NEXT[now])}
      aria-label={`Colours: ${now === "system" ? "as the system" : now}. Change`}
      title={`Colours: ${now}`}
    >
      <span aria-hidden="true">{SIGNS[now]}</span>
    </button>
  );
}

function Toasts() {
  return (
    <div class="toasts">
      {toasts.value.map((t) => (
        <div key={t.id} class={`toast ${t.tone}`}>
          <span>{t.text}</span>
          <button type="button" class="button small ghost" aria-label="Dismiss" onClick={() => dropToast(t.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}

function TokenDialog(props: { refused: boolean }) {
  const [value, setValue] = useState("");
  return (
    <Dialog title="A token is needed" close={() => answerToken(null)}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          answerToken(value.trim());
        }}
      >
        <p class="note">
          {props.refused ? "The server refused the last one. " : ""}This server asks for the token in the file it was
          started with. It is kept until this tab is closed.
        </p>
        <label class="field">
          <span>Token</span>
          <input
            type="password"
            autocomplete="off"
            required
            value={value}
            onInput={(e) => setValue(e.currentTarget.value)}
            aria-invalid={props.refused}
          />
        </label>
        <div class="row end">
          <button type="button" class="button" onClick={() => answerToken(null)}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Use it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
