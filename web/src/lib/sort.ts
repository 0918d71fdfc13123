export type Cell = string | number | boolean | null | undefined;
export type Direction = "ascending" | "descending";

const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** What is missing comes last in either direction: it is no value to rank. */
export function compareCells(a: Cell, b: Cell, direction: Direction): number {
  const noA = a === null || a === undefined;
  const noB = b === null || b === undefined;
  if (noA || noB) return Number(noA) - Number(noB);
  const order =
    typeof a === "string" || typeof b === "string" ? words.compare(String(a), String(b)) : Number(a) - Number(b);
  return direction === "ascending" ? order : -order;
}

export function sortRows<R>(rows: readonly R[], value: (row: R) => Cell, direction: Direction): R[] {
  return [...rows].sort((a, b) => compareCells(value(a), value(b), direction));
}

/** Every word must occur somewhere in the row. */
export function matches(cells: readonly string[], filter: string): boolean {
  const text = cells.join("\u0001").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Tab-separated: what spreadsheets take from a clipboard. */
export function tabSeparated(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const clean = (cell: string) => cell.replace(/[\t\r\n]+/g, " ");
  return [head, ...rows].map((row) => row.map(clean).join("\t")).join("\n");
}
