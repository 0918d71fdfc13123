import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useUid } from "./uid.ts";
import { matches, sortRows, tabSeparated, type Direction } from "../lib/sort.ts";
import { toast } from "../state.ts";
import { columnWidths, type Column } from "./columns.ts";

const ROW = 34;
/** Of the part in sight; as in the style sheet. */
const HEIGHT = 560;
const VIRTUAL_FROM = 80;
const OVERSCAN = 12;
/** Fewer rows are seen at a glance. */
const FILTER_FROM = 6;

interface Props<R> {
  caption: string;
  columns: Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string | number;
  sort?: { key: string; direction: Direction };
  /** What one row is called; shown with the count where rows can be filtered. */
  what?: string;
  /** Without filter and copy, for a handful of rows. */
  bare?: boolean;
  rowClass?: (row: R) => string;
}

/** Sorted, filtered and copied as a whole; of long tables only the rows in sight are in the page. */
export function DataTable<R>(props: Props<R>): JSX.Element {
  const { columns, rows } = props;
  const [sort, setSort] = useState(props.sort ?? null);
  const [filter, setFilter] = useState("");
  const id = useUid();
  const shown = useMemo(() => {
    const kept = filter.trim()
      ? rows.filter((r) =>
          matches(
            columns.map((c) => c.text(r)),
            filter,
          ),
        )
      : rows;
    const by = sort && columns.find((c) => c.key === sort.key)?.value;
    return by && sort ? sortRows(kept, by, sort.direction) : kept;
  }, [rows, columns, sort, filter]);
  const tools = !props.bare && rows.length > 1;
  return (
    <div class="data-table">
      {tools && <Tools {...props} filter={filter} setFilter={setFilter} shown={shown} id={id} />}
      <Body {...props} shown={shown} sort={sort} setSort={setSort} />
      {filter && !shown.length && <p class="quiet pad">Nothing contains “{filter}”.</p>}
    </div>
  );
}

function Tools<R>(
  props: Props<R> & {
    filter: string;
    setFilter: (text: string) => void;
    shown: readonly R[];
    id: string;
  },
) {
  const { columns, shown, rows } = props;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(
        tabSeparated(
          columns.map((c) => c.head),
          shown.map((r) => columns.map((c) => c.text(r))),
        ),
      );
      toast(`Copied ${shown.length} rows, with tabs between columns`);
    } catch {
      toast("The browser does not let this page use the clipboard", "bad");
    }
  };
  const all = rows.length.toLocaleString("en-US");
  return (
    <div class="table-tools">
      {rows.length >= FILTER_FROM && (
        <>
          <label class="unseen" for={props.id}>
            Filter {props.caption}
          </label>
          <input
            id={props.id}
            type="search"
            placeholder="Filter"
            value={props.filter}
            autocomplete="off"
            onInput={(e) => props.setFilter(e.currentTarget.value)}
          />
        </>
      )}
      <span class="quiet num" aria-live="polite">
        {shown.length === rows.length ? all : `${shown.length.toLocaleString("en-US")} of ${all}`}{" "}
        {props.what ?? "rows"}
      </span>
      <button type="button" class="button small push" onClick={copy}>
        Copy<span class="unseen"> {props.caption}</span>
      </button>
    </div>
  );
}

function Body<R>(
  props: Omit<Props<R>, "sort"> & {
    shown: readonly R[];
    sort: { key: string; direction: Direction } | null;
    setSort: (sort: { key: string; direction: Direction }) => void;
  },
) {
  const { columns, shown, sort } = props;
  const box = useRef<HTMLDivElement>(null);
  const virtual = props.rows.length > VIRTUAL_FROM;
  const [top, setTop] = useState(0);
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
    setTop(0);
  }, [shown.length, sort]);
  const first = virtual ? Math.max(0, Math.floor(top / ROW) - OVERSCAN) : 0;
  const last = virtual ? Math.min(shown.length, Math.ceil((top + HEIGHT) / ROW) + OVERSCAN) : shown.length;
  const widths = useMemo(() => (virtual ? columnWidths(columns, props.rows) : null), [virtual, columns, props.rows]);
  return (
    <div
      class={`rows ${virtual ? "virtual" : ""}`}
      ref={box}
      tabIndex={0}
      role="group"
      aria-label={props.caption}
      onScroll={virtual ? (e) => setTop(e.currentTarget.scrollTop) : undefined}
    >
      <table aria-rowcount={virtual ? shown.length + 1 : undefined}>
        <caption class="unseen">{props.caption}</caption>
        {widths && <Widths of={widths} />}
        <thead>
          <tr aria-rowindex={virtual ? 1 : undefined}>
            {columns.map((c) => (
              <Head column={c} sort={sort} setSort={props.setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Spacer rows={first} columns={columns.length} />}
          {shown.slice(first, last).map((row, i) => (
            <tr
              key={props.rowKey(row)}
              class={props.rowClass?.(row)}
              aria-rowindex={virtual ? first + i + 2 : undefined}
            >
              {columns.map((c) => (
                <DataCell column={c} row={row} />
              ))}
            </tr>
          ))}
          {last < shown.length && <Spacer rows={shown.length - last} columns={columns.length} />}
        </tbody>
      </table>
    </div>
  );
}

function Widths(props: { of: number[] }) {
  return (
    <colgroup>
      {props.of.map((w) => (
        <col style={{ width: `${w}ch` }} />
      ))}
    </colgroup>
  );
}

function Spacer(props: { rows: number; columns: number }) {
  return (
    <tr aria-hidden="true" class="spacer">
      <td colSpan={props.columns} style={{ height: `${props.rows * ROW}px` }} />
    </tr>
  );
}

function DataCell<R>({ column, row }: { column: Column<R>; row: R }) {
  const content = column.cell ? column.cell(row) : column.text(row);
  const name = column.number ? "number" : "";
  return column.rowHead ? (
    <th scope="row" class={name}>
      {content}
    </th>
  ) : (
    <td class={name}>{content}</td>
  );
}

function Head<R>(props: {
  column: Column<R>;
  sort: { key: string; direction: Direction } | null;
  setSort: (sort: { key: string; direction: Direction }) => void;
}) {
  const { column, sort } = props;
  const mine = sort?.key === column.key ? sort.direction : null;
  const flip = () =>
    props.setSort({
      key: column.key,
      // Numbers are asked for from the top, names from the beginning.
      direction: mine
        ? mine === "ascending"
          ? "descending"
          : "ascending"
        : column.number
          ? "descending"
          : "ascending",
    });
  return (
    <th
      scope="col"
      class={column.number ? "number" : ""}
      aria-sort={column.value ? (mine ?? "none") : undefined}
      title={column.title}
    >
      {column.value ? (
        <button type="button" class="sort" onClick={flip}>
          {column.head}
          <span class={`arrow ${mine ?? ""}`} aria-hidden="true">
            {mine === "descending" ? "↓" : mine ? "↑" : "↕"}
          </span>
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}
