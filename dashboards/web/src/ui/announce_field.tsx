// SPDX-License-Identifier: GPL-3.0-or-later
// announce_field.tsx - shall citizens be told of a maintenance window, and in which words?

import { useTexts } from "../context";
import { bytesOver, type Announcement } from "../model/announce";

interface AnnounceProps {
  value: Announcement;
  onChange: (value: Announcement) => void;
}

export function AnnounceField({ value, onChange }: AnnounceProps) {
  const { t } = useTexts();
  return (
    <div class="announce">
      <label class="check">
        <input id="announce" type="checkbox" checked={value.isWanted} onChange={(event) => onChange({ ...value, isWanted: event.currentTarget.checked })} />
        {t("announce.title")}
      </label>
      {value.isWanted ? (
        <>
          <p id="announce-hint" class="muted">
            {t("announce.hint")}
          </p>
          <div class="announce__texts">
            <Words id="announce-de" language="de" label={t("announce.de")} text={value.de} onChange={(de) => onChange({ ...value, de })} />
            <Words id="announce-en" language="en" label={t("announce.en")} text={value.en} onChange={(en) => onChange({ ...value, en })} />
          </div>
        </>
      ) : null}
    </div>
  );
}

interface WordsProps {
  id: string;
  language: string;
  label: string;
  text: string;
  onChange: (text: string) => void;
}

function Words({ id, language, label, text, onChange }: WordsProps) {
  const { t } = useTexts();
  const over = bytesOver(text);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class="input is-text"
        rows={3}
        lang={language}
        value={text}
        aria-invalid={over > 0 ? "true" : undefined}
        aria-describedby={over > 0 ? `${id}-over announce-hint` : "announce-hint"}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {over > 0 ? (
        <p id={`${id}-over`} class="field__problem" role="alert">
          {t("announce.over", { count: over })}
        </p>
      ) : null}
    </div>
  );
}
