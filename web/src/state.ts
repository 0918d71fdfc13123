import { effect, signal } from "@preact/signals";
import type { Asked } from "./lib/asked.ts";

// What all views share: the token, the theme, and what is told to the reader in passing.

const stored = (store: "localStorage" | "sessionStorage", key: string): string => {
  try {
    return globalThis[store]?.getItem(key) ?? "";
  } catch {
    return ""; // storage may be forbidden; then nothing is remembered
  }
};

const keep = (store: "localStorage" | "sessionStorage", key: string, value: string) => {
  try {
    if (value) globalThis[store]?.setItem(key, value);
    else globalThis[store]?.removeItem(key);
  } catch {
    // as above
  }
};

export const token = signal(stored("sessionStorage", "berth.token"));
effect(() => keep("sessionStorage", "berth.token", token.value));

/** Set while requests wait for a token; `refused` when the last one was wrong. */
export const tokenAsked = signal<{ refused: boolean } | null>(null);
let waiting: ((given: boolean) => void)[] = [];

/** Resolves to false when the reader would rather not. */
export function askForToken(refused: boolean): Promise<boolean> {
  tokenAsked.value = { refused: refused || (tokenAsked.value?.refused ?? false) };
  return new Promise((resolve) => waiting.push(resolve));
}

export function answerToken(value: string | null): void {
  if (value !== null) token.value = value;
  tokenAsked.value = null;
  const resume = waiting;
  waiting = [];
  for (const resolve of resume) resolve(value !== null);
}

export type Theme = "system" | "light" | "dark";
export const theme = signal<Theme>((stored("localStorage", "berth.theme") as Theme) || "system");
/** Counts up when colours change, for what is drawn on canvas. */
export const paint = signal(0);

export function startTheme(): void {
  effect(() => {
    const value = theme.value;
    keep("localStorage", "berth.theme", value === "system" ? "" : value);
    if (value === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = value;
    paint.value = paint.peek() + 1;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (paint.value += 1));
}

/** Said by screen readers, politely. */
export const announcement = signal("");
export function announce(text: string): void {
  announcement.value = text;
}

export interface Toast {
  id: number;
  text: string;
  tone: "good" | "bad";
}
export const toasts = signal<Toast[]>([]);
let nextToast = 1;

export function toast(text: string, tone: Toast["tone"] = "good"): void {
  const id = nextToast++;
  toasts.value = [...toasts.value, { id, text, tone }];
  announce(text);
  setTimeout(() => dropToast(id), tone === "bad" ? 9000 : 4000);
}

export function dropToast(id: number): void {
  toasts.value = toasts.value.filter((t) => t.id !== id);
}

/** The fleet text in the editor outlives a change of view and a reload of the page. */
export interface Draft {
  text: string;
  /** The plan it began with, to compare the next one with. */
  base: number | null;
  origin: string;
  /** Title that the next plan begins with. */
  title: string;
  /** What that plan was asked for beside its fleet, which the next one is asked for as well. */
  asked?: Asked;
}

function storedDraft(): Draft | null {
  try {
    return JSON.parse(stored("sessionStorage", "berth.draft")) as Draft;
  } catch {
    return null;
  }
}
export const draft = signal<Draft | null>(storedDraft());
let storing: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const now = draft.value;
  clearTimeout(storing);
  // Not with every key: a large fleet takes a while to be stored.
  storing = setTimeout(() => keep("sessionStorage", "berth.draft", now ? JSON.stringify(now) : ""), 400);
});
