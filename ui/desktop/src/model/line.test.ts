// What a supervisor marks in a line, and what is left of it when the line moves.
import type { LineEntry } from "@warmline/protocol";
import { describe, expect, test } from "vitest";
import { crowds, markOf, shownOf, stillThere, toggled } from "./line";

function entry(interaction: number, address: string | null, name = "Chen Yulan"): LineEntry {
  return { interaction, customer: interaction, name, phone: "+86 138 0013 8000", topic: null, since: 0, waits: "on_the_line", is_ringing: false, link: { type: "connected" }, address };
}

const LINE = [entry(1, "203.0.113.7"), entry(2, "198.51.100.4", "David Okafor"), entry(3, "203.0.113.7"), entry(4, null), entry(5, "198.51.100.4"), entry(6, "203.0.113.7")];
const ids = (entries: readonly LineEntry[]) => entries.map(({ interaction }) => interaction);

describe("a line", () => {
  test("names the addresses from which several wait, the most crowded first", () => {
    expect(crowds(LINE)).toEqual([{ address: "203.0.113.7", count: 3 }, { address: "198.51.100.4", count: 2 }]);
  });
  test.each([
    [null, "", [1, 2, 3, 4, 5, 6]],
    ["203.0.113.7", "", [1, 3, 6]],
    [null, "okafor", [2]],
    [null, "198.51 chen", [5]],
    ["203.0.113.7", "okafor", []],
  ])("shows those of %s with “%s”", (address, query, expected) => {
    expect(ids(shownOf(LINE, address, query))).toEqual(expected);
  });
  test("forgets the mark of whoever is not there any more", () => {
    expect([...stillThere(new Set([1, 2, 9]), LINE)]).toEqual([1, 2]);
  });
  test("marks and unmarks what is shown, and nothing else", () => {
    const marked = toggled(new Set([4]), [1, 3], true);
    expect([...marked].sort()).toEqual([1, 3, 4]);
    expect([...toggled(marked, [1, 4], false)]).toEqual([3]);
    expect(["all", "some", "none"]).toEqual([
      markOf(marked, [entry(1, null), entry(3, null)]), markOf(marked, LINE), markOf(marked, [entry(2, null)]),
    ]);
  });
  test("has nothing marked where nothing is shown", () => expect(markOf(new Set([1]), [])).toBe("none"));
});
