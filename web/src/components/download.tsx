import { api, EXPORTS } from "../api.ts";
import { token, toast } from "../state.ts";

function save(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Not at once: some browsers begin to read only after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** With a token the browser's own download would be refused, so the page fetches and hands over the file. */
async function fetchAndSave(path: string, name: string): Promise<void> {
  try {
    save(name, await api.blob(path));
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), "bad");
  }
}

export function saveText(name: string, text: string, type = "text/plain"): void {
  save(name, new Blob([text], { type }));
}

export function ExportMenu(props: { id: number }) {
  return (
    <details
      class="menu"
      onKeyDown={(e) => {
        if (e.key === "Escape") close(e.currentTarget);
      }}
      onFocusOut={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget as Node | null)) e.currentTarget.open = false;
      }}
    >
      <summary class="button">Export</summary>
      <ul>
        {EXPORTS.map(([name, label]) => {
          const path = api.exportPath(props.id, name);
          const file = `berth-plan-${props.id}-${name}`; // as the service names it
          const take = (e: MouseEvent) => {
            if (!token.value) return;
            e.preventDefault();
            void fetchAndSave(path, file);
          };
          return (
            <li>
              <a href={path} download={file} onClick={take}>
                {label}
              </a>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function close(menu: HTMLDetailsElement): void {
  menu.open = false;
  menu.querySelector("summary")?.focus();
}
