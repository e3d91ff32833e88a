// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { UNKNOWN, formatDateTime, formatDuration, formatNumber, formatShare, formatTime, formatValue } from "../src/format";

describe("format", () => {
  it("numbers use the decimal comma in German and the point in English", () => {
    expect(formatNumber(1234.5, "de", 1)).toBe("1.234,5");
    expect(formatNumber(1234.5, "en", 1)).toBe("1,234.5");
  });

  it("unknown is a dash and never a zero", () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(formatNumber(value, "de")).toBe(UNKNOWN);
      expect(formatShare(value, "de")).toBe(UNKNOWN);
      expect(formatValue(value, "dBm", "de")).toBe(UNKNOWN);
      expect(formatDuration(value, "de")).toBe(UNKNOWN);
      expect(formatDateTime(value, "de")).toBe(UNKNOWN);
    }
    expect(formatNumber(0, "de")).toBe("0");
  });

  it("a share just under one does not become 100 %", () => {
    expect(formatShare(0.99999, "de", 2)).toBe("99,99\u00a0%");
    expect(formatShare(1, "de", 2)).toBe("100,00\u00a0%");
    expect(formatShare(0.57, "en", 1)).toBe("57.0\u00a0%");
  });

  it("times are Berlin's, in summer and in winter", () => {
    expect(formatDateTime(Date.UTC(2026, 6, 1, 10, 0, 0), "de")).toBe("01.07.2026, 12:00:00");
    expect(formatDateTime(Date.UTC(2026, 10, 22, 10, 0, 0), "en")).toBe("22/11/2026, 11:00:00");
  });

  it("the hour that comes twice when summer time ends is shown twice", () => {
    expect(formatTime(Date.UTC(2026, 9, 25, 0, 30), "de")).toBe("02:30");
    expect(formatTime(Date.UTC(2026, 9, 25, 1, 30), "de")).toBe("02:30");
  });

  it("durations show their two largest units", () => {
    expect(formatDuration(93_784, "de")).toBe("1\u00a0d 2\u00a0h");
    expect(formatDuration(3_600, "de")).toBe("1\u00a0h");
    expect(formatDuration(3_659, "de")).toBe("1\u00a0h");
    expect(formatDuration(59, "en")).toBe("59\u00a0s");
    expect(formatDuration(0, "en")).toBe("0\u00a0s");
    expect(formatDuration(-5, "en")).toBe("0\u00a0s");
  });

  it("base units become units for people", () => {
    expect(formatValue(2_400_000_000, "bit/s", "de")).toBe("2,4\u00a0Gbit/s");
    expect(formatValue(0.0123, "s", "de")).toBe("12,3\u00a0ms");
    expect(formatValue(2.2, "A", "de")).toBe("2,2\u00a0A");
    expect(formatValue(0, "s", "de")).toBe("0\u00a0s");
    expect(formatValue(0.00006, "s", "de")).toBe("0,06\u00a0ms");
    expect(formatValue(-7.31, "dBm", "de")).toBe("-7,3\u00a0dBm");
    expect(formatValue(0.0351, "A", "en")).toBe("35.1\u00a0mA");
    expect(formatValue(12, "1", "en")).toBe("12");
  });
});
