import type { DesktopEvent } from "@warmline/protocol";
import { describe, expect, test } from "vitest";
import { item, stateOf } from "../bridge/fake/scenarios";
import { initialModel, itemInFocus, reduce, ringingItem, withoutNotice, withSnapshot, type ScreenModel } from "./screen-model";

const NOW = 1_800_000_000_000;
const after = (model: ScreenModel, ...events: DesktopEvent[]) => events.reduce((was, event) => reduce(was, event, NOW), model);
const begin = (scenario: Parameters<typeof stateOf>[0]) => withSnapshot(initialModel, stateOf(scenario, NOW));
const missed = (name: string): DesktopEvent => ({ type: "notice", notice: { type: "offer_missed", customer_name: name } });

describe("the screen's model", () => {
  test("an event before the snapshot is not needed and changes nothing", () => {
    expect(after(initialModel, { type: "outbox", outbox: 3 })).toEqual(initialModel);
  });

  test("each event replaces its own slice and no other", () => {
    const was = begin("talking");
    const is = after(was, { type: "link", link: { type: "connecting", attempt: 2 }, clock_offset_ms: 250 }, { type: "outbox", outbox: 2 });
    expect(is.desktop).toEqual({ ...was.desktop, link: { type: "connecting", attempt: 2 }, clock_offset_ms: 250, outbox: 2 });
    expect(is.desktop?.agent).toBe(was.desktop?.agent);
  });

  test("a conversation that leaves the work list is remembered, an offer that goes elsewhere is not", () => {
    const spoken = begin("wrap-up");
    const empty = stateOf("ready-empty", NOW).agent;
    expect(after(spoken, { type: "agent", agent: empty }).recents.map((recent) => recent.name)).toEqual(["Chen Yulan"]);
    expect(after(begin("ringing"), { type: "agent", agent: empty }).recents).toEqual([]);
  });

  test("a work list that is absent while reconnecting is no sign that conversations ended", () => {
    expect(after(begin("talking"), { type: "agent", agent: null }).recents).toEqual([]);
  });

  test("signing out forgets the last person's work but keeps what they still have to read", () => {
    const was = after(begin("wrap-up"), { type: "agent", agent: stateOf("ready-empty", NOW).agent }, missed("Marta Oliveira"), { type: "go", place: { type: "devices" } });
    const is = after(was, { type: "session", session: { type: "signed_out", last: null, why: "token_expired", demo_password: null } });
    expect(is.recents).toEqual([]);
    expect(is.place).toEqual({ type: "work" });
    expect(is.notices).toHaveLength(1);
  });

  test("notices keep their own ids, the oldest of too many go, and one is dismissed alone", () => {
    const five = after(begin("ready-empty"), ...["a", "b", "c", "d", "e"].map(missed));
    expect(five.notices.map((shown) => shown.id)).toEqual([2, 3, 4, 5]);
    expect(withoutNotice(five, 3).notices.map((shown) => shown.id)).toEqual([2, 4, 5]);
  });

  test("how a call sounded belongs to its interaction and is no notice", () => {
    const report = { connect_ms: 180, round_trip_ms: 40, jitter_buffer_ms: 40, loss_in_percent: 0, loss_out_percent: 0, is_relayed: false };
    const is = after(begin("wrap-up"), { type: "notice", notice: { type: "media_summary", interaction: 9001, report } });
    expect(is.reports.get(9001)).toEqual(report);
    expect(is.notices).toEqual([]);
  });
});

describe("what has the focus of the work", () => {
  const live = { ...item(NOW, { type: "talking", since: NOW }), interaction: 1 };
  const ringing = { ...item(NOW, { type: "ringing", since: NOW, deadline: NOW + 20_000 }), interaction: 2 };
  const wrapUp = { ...item(NOW, { type: "wrap_up", since: NOW, deadline: NOW + 60_000, answered_at: NOW, can_extend: true }), interaction: 3 };

  test.each([
    ["a live conversation stays before a ring", [ringing, live], 1],
    ["a ring comes before a wrap-up", [wrapUp, ringing], 2],
    ["a wrap-up is shown when nothing else is", [wrapUp], 3],
    ["nothing is shown for no work", [], undefined],
  ])("%s", (_, work, expected) => expect(itemInFocus(work)?.interaction).toBe(expected));

  test("the ring is found wherever it stands", () => {
    expect(ringingItem([live, ringing])?.interaction).toBe(2);
    expect(ringingItem([live])).toBeNull();
  });
});
