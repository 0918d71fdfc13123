import type { ComponentChildren } from "preact";
import type { Cell } from "../lib/sort.ts";

export interface Column<R> {
  key: string;
  head: string;
  /** What it is sorted by; left out, the column does not sort. */
  value?: (row: R) => Cell;
  /** What is copied and searched, and shown unless `cell` says otherwise. */
  text: (row: R) => string;
  cell?: (row: R) => ComponentChildren;
  number?: boolean;
  /** Heads its row. */
  rowHead?: boolean;
  title?: string;
  /** Room for what stands beside the text, such as a bar; in characters. */
  beside?: number;
}

/** Widths for a table whose rows are not all there to be measured: the longest text of each column, in characters. */
export function columnWidths<R>(columns: readonly Column<R>[], rows: readonly R[]): number[] {
  return columns.map((column) => {
    let longest = column.head.length + 2;
    for (const row of rows) longest = Math.max(longest, column.text(row).length);
    return Math.min(longest, 44) + 3 + (column.beside ?? 0);
  });
}
