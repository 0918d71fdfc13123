// Enough of YAML to colour one line at a time; what spans lines stays plain.

export interface Token {
  kind: "" | "key" | "comment" | "text" | "number";
  text: string;
}

const PIECES =
  /(#.*$)|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(\s*:(?=\s|$))?|([A-Za-z_][\w.$/+-]*)(\s*:(?=\s|$))|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:\s?(?:us|ms|s|m|h|\/s|\/m|\/h|GB|MB))?(?![\w.-]))|([A-Za-z_][^\s,[\]{}#:]*)|([\s\S])/g;

export function highlight(line: string): Token[] {
  const tokens: Token[] = [];
  const put = (kind: Token["kind"], text: string) => {
    const last = tokens.at(-1);
    if (last && last.kind === kind) last.text += text;
    else if (text) tokens.push({ kind, text });
  };
  for (const m of line.matchAll(PIECES)) {
    // A # only begins a comment after a space.
    if (m[1]) put(m.index === 0 || /\s/.test(line[m.index - 1] ?? "") ? "comment" : "", m[1]);
    else if (m[2]) {
      put(m[3] ? "key" : "text", m[2]);
      if (m[3]) put("", m[3]);
    } else if (m[4]) {
      put("key", m[4]);
      put("", m[5] ?? "");
    } else if (m[6]) put("number", m[6]);
    else put("", m[0]);
  }
  return tokens;
}
