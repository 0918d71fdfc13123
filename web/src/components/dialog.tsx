import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useUid } from "./uid.ts";

/** The browser's own modal dialog: it keeps the focus inside and gives it back. */
export function Dialog(props: { title: string; close: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useUid();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        props.close();
      }}
    >
      <h2 id={id}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

export function Confirm(props: {
  title: string;
  text: string;
  action: string;
  close: () => void;
  confirm: () => void;
}) {
  return (
    <Dialog title={props.title} close={props.close}>
      <p>{props.text}</p>
      <div class="row end">
        <button type="button" class="button" onClick={props.close}>
          Cancel
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            props.close();
            props.confirm();
          }}
        >
          {props.action}
        </button>
      </div>
    </Dialog>
  );
}
