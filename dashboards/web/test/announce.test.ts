// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, it } from "vitest";
import { announcementBody, bytesOver, isSendable, NO_ANNOUNCEMENT } from "../src/model/announce";

it("a window that is not announced says nothing of citizens, whatever was typed before", () => {
  expect(announcementBody(NO_ANNOUNCEMENT)).toEqual({});
  expect(announcementBody({ isWanted: false, de: "x", en: "y" })).toEqual({});
  expect(isSendable({ isWanted: false, de: "x".repeat(501), en: "" })).toBe(true);
});

it("an announcement has its words in both languages, without blanks around them", () => {
  expect(announcementBody({ isWanted: true, de: " Neue Glasfaser\n", en: "" })).toEqual({ announce: true, text_de: "Neue Glasfaser", text_en: "" });
});

it("the server's 500 bytes are counted as bytes, an umlaut as two", () => {
  expect(bytesOver("x".repeat(500))).toBe(0);
  expect(bytesOver("ü".repeat(250))).toBe(0);
  expect(bytesOver("ü".repeat(251))).toBe(2);
  expect(isSendable({ isWanted: true, de: "", en: "ü".repeat(251) })).toBe(false);
});
