// SPDX-License-Identifier: GPL-3.0-or-later
// shortcuts.tsx - single keys that do what the page's buttons do, with a list of them behind "?". They can be switched off
// (WCAG 2.1.4), and do nothing while somebody types.

import { useEffect, useRef, useState } from "preact/hooks";
import { useTexts } from "../context";
import type { TextKey } from "../i18n";

export interface Shortcut {
  key: string;
  text: TextKey;
  run: () => void;
}

const STORED = "netzwacht.shortcuts";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

export function Shortcuts({ shortcuts }: { shortcuts: readonly Shortcut[] }) {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOn, setOn] = useState(localStorage.getItem(STORED) !== "off");
  const current = useRef(shortcuts);
  current.current = shortcuts;
  const open = () => dialog.current?.showModal();
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || dialog.current?.open) return;
      const found = event.key === "?" ? open : current.current.find((each) => each.key === event.key)?.run;
      if (!found) return;
      event.preventDefault();
      found();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOn]);
  const toggle = (next: boolean) => {
    localStorage.setItem(STORED, next ? "on" : "off");
    setOn(next);
  };
  return (
    <>
      <button type="button" class="button is-quiet" aria-haspopup="dialog" onClick={open}>
        {t("keys.title")} <kbd aria-hidden="true">?</kbd>
      </button>
      <dialog ref={dialog} class="keys" aria-labelledby="keys-title">
        <h2 id="keys-title">{t("keys.title")}</h2>
        <dl>
          {shortcuts.map(({ key, text }) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(text)}</dd>
            </div>
          ))}
        </dl>
        <label class="check">
          <input type="checkbox" checked={isOn} onChange={(event) => toggle(event.currentTarget.checked)} /> {t("keys.on")}
        </label>
        <form method="dialog">
          <button class="button is-primary">{t("app.close")}</button>
        </form>
      </dialog>
    </>
  );
}
