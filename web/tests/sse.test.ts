import { expect, test } from "vitest";
import { EventParser } from "../src/lib/sse.ts";
import { extended } from "../src/lib/trajectory.ts";

const STREAM = ': hello\r\nevent: progress\r\ndata: {"a":1}\r\n\r\nevent: end\ndata: one\ndata: two\n\ndata\n\n';
const WANTED = [
  { event: "progress", data: '{"a":1}' },
  { event: "end", data: "one\ntwo" },
  { event: "message", data: "" },
];

test("events are the same however the stream is cut", () => {
  for (let size = 1; size <= STREAM.length; size++) {
    const parser = new EventParser();
    const events = [];
    for (let i = 0; i < STREAM.length; i += size) events.push(...parser.push(STREAM.slice(i, i + size)));
    expect(events).toEqual(WANTED);
  }
});

test("an event that is not finished is not told", () => {
  expect(new EventParser().push("event: end\ndata: 1\n")).toEqual([]);
});

test("time goes on where a second solver counts from 0", () => {
  const told = [
    [0, null, null],
    [0.15, 9, 7],
    [0.01, 8, 7],
    [0.01, 8, 7],
    [0.3, 8, 7.5],
  ] as const;
  const points = told.reduce(
    (all, [seconds, incumbent, bound]) => extended(all, { seconds, incumbent, bound }),
    [] as ReturnType<typeof extended>,
  );
  expect(points.map((p) => p.seconds)).toEqual([0, 0.15, 0.16, 0.3]);
});
