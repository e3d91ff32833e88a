// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { dayLevel } from "../src/model/availability";

describe("availability of a day", () => {
  it("a day without data is neither good nor bad", () => {
    expect(dayLevel({ availability: null, completeness: 0 })).toBe("none");
    expect(dayLevel({ availability: 1, completeness: 0 })).toBe("none");
  });

  it("half an hour down makes a day bad, three minutes leave it good", () => {
    expect(dayLevel({ availability: 1 - 30 / 1440, completeness: 1 })).toBe("bad");
    expect(dayLevel({ availability: 1 - 3 / 1440, completeness: 1 })).toBe("good");
    expect(dayLevel({ availability: 1 - 15 / 1440, completeness: 1 })).toBe("fair");
  });
});
