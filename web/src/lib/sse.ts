// Server-sent events over fetch: EventSource cannot send an Authorization header.

export interface ServerEvent {
  event: string;
  data: string;
}

/** Takes text as it arrives, in pieces cut anywhere, and gives the events that are complete. */
export class EventParser {
  private rest = "";
  private event = "";
  private data: string[] = [];

  push(chunk: string): ServerEvent[] {
    this.rest += chunk;
    const events: ServerEvent[] = [];
    for (;;) {
      const end = this.lineEnd();
      if (!end) return events;
      const line = this.rest.slice(0, end.at);
      this.rest = this.rest.slice(end.next);
      const event = this.line(line);
      if (event) events.push(event);
    }
  }

  private lineEnd(): { at: number; next: number } | null {
    const at = this.rest.search(/[\r\n]/);
    if (at < 0) return null;
    if (this.rest[at] === "\n") return { at, next: at + 1 };
    // A carriage return at the very end may be half of a line end: wait for what follows.
    if (at + 1 === this.rest.length) return null;
    return { at, next: this.rest[at + 1] === "\n" ? at + 2 : at + 1 };
  }

  private line(line: string): ServerEvent | null {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.event = value;
    if (field === "data") this.data.push(value);
    return null;
  }

  private dispatch(): ServerEvent | null {
    const event = this.data.length ? { event: this.event || "message", data: this.data.join("\n") } : null;
    this.event = "";
    this.data = [];
    return event;
  }
}

export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.releaseLock();
  }
}
