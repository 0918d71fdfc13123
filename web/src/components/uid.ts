import { useState } from "preact/hooks";

let last = 0;

/** An id that is unique in the page. Preact's own useId repeats itself below components that are loaded late. */
export function useUid(): string {
  return useState(() => `u${(last += 1)}`)[0];
}
