import type { Device, DeviceChoice, HappenedWhat } from "@warmline/protocol";
import { describe, expect, test } from "vitest";
import { initials } from "../../../kit/src/initials";
import { CLEAR_CALL, item } from "../bridge/fake/scenarios";
import { deviceOrder, movedUp, preferredFirst } from "./devices";
import { shortcutOf } from "./shortcuts";
import { clock, day, secondsLeft, shareLeft, timer } from "./time";
import { dispositionName, errorWords, fieldOf, knownStory, qualityWords, storyRows, takenBy } from "./words";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();

describe("spans and moments", () => {
  test.each([[-5_000, "0:00"], [9_999, "0:09"], [61_000, "1:01"], [3_661_000, "1:01:01"]])("%d ms reads %s", (span, text) => expect(clock(span)).toBe(text));
  test("a running timer keeps its width up to an hour", () => expect([timer(0), timer(599_000), timer(600_000)]).toEqual(["00:00", "09:59", "10:00"]));
  test("seconds left reach zero only at the deadline", () => {
    expect([secondsLeft(NOW + 1, NOW), secondsLeft(NOW, NOW), secondsLeft(NOW - 9_000, NOW)]).toEqual([1, 0, 0]);
    expect([shareLeft(0, 100, 25), shareLeft(0, 100, 400), shareLeft(5, 5, 5)]).toEqual([75, 0, 0]);
  });
  test("the year is said only when it is another one", () => {
    expect(day(NOW - 3_600_000, NOW, "en-GB")).toBe("13:00");
    expect(day(new Date(2026, 9, 5).getTime(), NOW, "en-GB")).toBe("5 Oct");
    expect(day(new Date(2023, 9, 5).getTime(), NOW, "en-GB")).toBe("5 Oct 2023");
  });
});

test("a disposition is read by its name, and by its code once the list has lost it", () => {
  const list = [{ code: "callback", name: "Call back", names: { "zh-Hans": "需要回电", "zh-Hant": null } }];
  expect([dispositionName("callback", list, "zh-Hans"), dispositionName("gone", list, "en")]).toEqual(["需要回电", "gone"]);
  expect(dispositionName("callback", list, "zh-Hant")).toBe("Call back");
});

describe("keys", () => {
  const press = { key: "a", code: "KeyA", ctrlKey: true, altKey: true, shiftKey: false, metaKey: false, repeat: false, isAltGraph: false };
  const plain = { ...press, altKey: false };
  test.each([
    ["three keys answer", press, "answer"],
    ["Enter never does anything", { ...press, key: "Enter", code: "Enter" }, null],
    ["a letter alone never answers", { ...press, ctrlKey: false, altKey: false }, null],
    ["AltGr types a letter and does not answer", { ...press, isAltGraph: true }, null],
    ["a key held down answers once", { ...press, repeat: true }, null],
    ["Shift makes it another shortcut", { ...press, key: "A", shiftKey: true }, null],
    ["Caps Lock does not", { ...press, key: "A" }, "answer"],
    ["the palette opens with Ctrl+K", { ...plain, key: "k", code: "KeyK" }, "palette"],
    ["and with Cmd+K", { ...plain, key: "k", code: "KeyK", ctrlKey: false, metaKey: true }, "palette"],
    ["Ctrl+A still selects all", plain, null],
    ["AZERTY: the key labelled A answers, where others have Q", { ...press, code: "KeyQ" }, "answer"],
    ["AZERTY: the key labelled Q does not, where others have A", { ...press, key: "q", code: "KeyA" }, null],
    ["AZERTY: M is beside L", { ...press, key: "m", code: "Semicolon" }, "mute"],
    ["AZERTY: the key labelled 2 leads to the customers", { ...plain, key: "é", code: "Digit2" }, "customers"],
    ["AZERTY: also with the Shift that types its digit", { ...plain, key: "2", code: "Digit2", shiftKey: true }, "customers"],
    ["Dvorak: the key labelled D declines and does not hold", { ...press, key: "d", code: "KeyH" }, "decline"],
    ["Dvorak: the key labelled E hangs up", { ...press, key: "e", code: "KeyD" }, "hang_up"],
    ["Dvorak: a full stop where others have E does nothing", { ...press, key: ".", code: "KeyE" }, null],
    ["Russian: the Latin letter beside the Cyrillic one", { ...press, key: "ф", code: "KeyA" }, "answer"],
    ["Greek", { ...press, key: "δ", code: "KeyD" }, "decline"],
    ["Hebrew", { ...press, key: "ש", code: "KeyA" }, "answer"],
    ["a composer that swallows the letter", { ...press, key: "Process", code: "KeyH" }, "hold"],
    ["a Latin letter with a mark is another letter", { ...press, key: "å", code: "KeyA" }, null],
    ["the number pad", { ...plain, key: "3", code: "Numpad3" }, "devices"],
    ["a function key", { ...press, key: "F1", code: "F1" }, null],
  ])("%s", (_, pressed, expected) => expect(shortcutOf(pressed)).toBe(expected));
});

describe("devices in order", () => {
  const [jabra, poly, builtIn] = ["Jabra", "Poly", "Built-in"].map((name) => ({ id: `id-${name}`, name })) as [Device, Device, Device];
  const choice: DeviceChoice = { present: [builtIn, jabra], preferred: [jabra, poly], in_use: jabra, silence: null };
  const ids = (devices: readonly Device[]) => devices.map(({ name }) => name);
  test("absent ones stay in their place and new ones come last", () => {
    expect(deviceOrder(choice).map(({ name, isPresent }) => [name, isPresent])).toEqual([["Jabra", true], ["Poly", false], ["Built-in", true]]);
  });
  test("choosing one puts it first and loses none", () => expect(ids(preferredFirst(choice, builtIn.id))).toEqual(["Built-in", "Jabra", "Poly"]));
  test("moving up changes two places; the first stays", () => {
    expect(ids(movedUp(choice, builtIn.id))).toEqual(["Jabra", "Built-in", "Poly"]);
    expect(ids(movedUp(choice, jabra.id))).toEqual(["Jabra", "Poly", "Built-in"]);
  });
  test("two of one name are two", () => {
    const twins = [{ id: "jabra#1", name: "Jabra" }, { id: "jabra#2", name: "Jabra" }];
    expect(deviceOrder({ ...choice, present: twins, preferred: [] })).toHaveLength(2);
    expect(preferredFirst({ ...choice, present: twins, preferred: [] }, "jabra#2").map(({ id }) => id)).toEqual(["jabra#2", "jabra#1"]);
  });
});

describe("words", () => {
  test("a lost path is said before an old grade", () => {
    expect(qualityWords("reconnecting", CLEAR_CALL.quality)).toMatchObject({ short: { key: "media.reconnecting" }, why: { key: "media.reconnecting.why" }, tone: "wait" });
  });
  test("a clear call explains nothing, a poor one says why", () => {
    expect(qualityWords("connected", CLEAR_CALL.quality).why).toBeNull();
    expect(qualityWords("connected", { ...CLEAR_CALL.quality, grade: "poor", why: "loss_out" })).toMatchObject({ why: { key: "quality.loss_out" }, tone: "alert" });
  });
  test("an error points to the field that mends it", () => {
    expect(fieldOf({ type: "refused", code: "wrong_password", hint: "" })).toBe("password");
    expect(fieldOf({ type: "unreachable", detail: "refused" })).toBe("server");
    expect(fieldOf({ type: "local", detail: "disk" })).toBeNull();
    expect(errorWords({ type: "unreachable", detail: "refused" })).toEqual({ key: "error.unreachable", params: { detail: "refused" } });
  });
  test("the story is told from the work item alone when the server is away", () => {
    const held = item(NOW, { type: "held", since: NOW, answered_at: NOW - 9_000 });
    expect(knownStory(held, "Anna").map((row) => row.what)).toEqual(["entered", "answered", "held"]);
  });
  test("of two who write at the same time each has one row", () => {
    const row = (agent_name: string, at: number) => ({ at, what: "note_saved" as const, agent_name, to_name: null, note: null, decision: null });
    const end = { ...row("Anna", 6), what: "ended" as const };
    const told = [row("Anna", 1), row("Noor", 2), row("Anna", 3), row("Noor", 4), row("Noor", 5), end, row("Anna", 7)];
    expect(storyRows(told).map(({ agent_name, at }) => [agent_name, at])).toEqual([["Anna", 3], ["Noor", 5], ["Anna", 6], ["Anna", 7]]);
  });

  test("a ring that somebody else answered says who; one that was declined here, missed or given up does not", () => {
    const row = (what: HappenedWhat, at: number, agent_name: string | null) => ({ at, what, agent_name, to_name: null, note: null, decision: null });
    const rang = [row("offered", 5, "Anna"), row("offered", 5, "Noor")];
    expect(takenBy([row("answered", 1, "Sam"), ...rang, row("answered", 9, "Noor")], 5, "Anna")).toBe("Noor");
    expect(takenBy([...rang, row("offer_declined", 7, "Anna"), row("answered", 9, "Noor")], 5, "Anna")).toBeNull();
    expect(takenBy([...rang, row("abandoned", 7, null)], 5, "Anna")).toBeNull();
    expect(takenBy([...rang, row("answered", 7, "Anna")], 5, "Anna")).toBeNull();
  });

  test("a note saved many times is one row", () => {
    const row = (what: "note_saved" | "ended", at: number) => ({ at, what, agent_name: null, to_name: null, note: null, decision: null });
    expect(storyRows([row("note_saved", 1), row("note_saved", 2), row("ended", 3)]).map(({ at }) => at)).toEqual([2, 3]);
  });
  test.each([["Chen Yulan", "CY"], ["王建国", "建国"], ["  ", "?"], ["Prince", "P"]])("initials of %s are %s", (name, expected) => expect(initials(name)).toBe(expected));
});
