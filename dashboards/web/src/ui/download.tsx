// SPDX-License-Identifier: GPL-3.0-or-later
// download.tsx - a button that fetches a table and hands it to the browser as a file.

import { useState } from "preact/hooks";
import { useApp, useTexts } from "../context";
import { LineIcon } from "./icons";
import { useProblemText } from "./parts";

/** A byte order mark in front: without it, spreadsheets take umlauts for another encoding. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

export function CsvButton({ path, name }: { path: string; name: string }) {
  const { t } = useTexts();
  const { client } = useApp();
  const [problem, setProblem] = useState<unknown>(null);
  const textOf = useProblemText();
  const fetchAndSave = () => {
    setProblem(null);
    client.csv(path).then((text) => saveText(name, text), setProblem);
  };
  return (
    <span class="download">
      <button type="button" class="button" onClick={fetchAndSave}>
        <LineIcon name="down" size={16} /> {t("inventory.csv")}
      </button>
      {problem ? (
        <span class="field__problem" role="alert">
          {t("app.error", { detail: textOf(problem) })}
        </span>
      ) : null}
    </span>
  );
}
