// @vitest-environment jsdom
// What the whole screen says and does about silenced devices, about the end of the program and of a sign-in, and in the demo.
import { flushSync } from "svelte";
import { describe, expect, test } from "vitest";
import { asks, closeNow, loses, open, press, seen, sees, until } from "./opened";

describe("a microphone or speaker that the mixer silences", () => {
  test("is turned on from the conversation, and the word about it goes", async () => {
    const { fake } = await open("muted");
    await press("sound-turn-on");
    await until(() => expect(fake.asked).toContainEqual({ type: "unsilence", kind: "microphone" }));
    await loses("call-silenced");
  });

  test("is turned on beside the check that it fails", async () => {
    const { fake } = await open("muted-idle");
    await press("turn-on-microphone");
    await until(() => expect(fake.asked).toContainEqual({ type: "unsilence", kind: "microphone" }));
    await loses("turn-on-microphone");
  });

  test("has the system's own settings a click away", async () => {
    const { fake } = await open("deaf");
    await press("sound-settings");
    await asks(fake, "open_mixer");
  });

  test("who has muted themselves is not told that nothing is heard", async () => {
    const { fake } = await open("quiet-microphone");
    await press("call-mute");
    await asks(fake, "set_muted");
    await loses("call-unheard");
  });
});

describe("the end of the program or of the sign-in", () => {
  test("is asked about in a conversation, and goes on with Stay or Escape", async () => {
    const { fake } = await open("talking");
    for (const back of ["ending-stay", "Escape"]) {
      fake.emit({ type: "ending", deadline: null });
      flushSync();
      await sees("ending");
      expect(seen("ending")?.innerText ?? seen("ending")?.textContent).toContain("first place in line");
      if (back === "Escape") document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", code: "Escape", bubbles: true }));
      else await press(back);
      await loses("ending");
    }
    expect(fake.asked.map(({ type }) => type).filter((type) => type === "stay" || type === "quit")).toEqual(["stay", "stay"]);
  });

  test("hands back when confirmed, with the note that was being written", async () => {
    const { fake, screen } = await open("talking");
    const item = screen.item ?? expect.fail("nothing is live");
    screen.draft(item).type("Wants a router.");
    fake.emit({ type: "ending", deadline: Date.now() + 9_000 });
    flushSync();
    await sees("ending");
    expect(document.querySelector("[role=timer]")?.textContent).toMatch(/in [1-9] s/);
    await press("ending-confirm");
    await asks(fake, "quit");
    const types = fake.asked.map(({ type }) => type);
    expect(types.indexOf("save_note")).toBeLessThan(types.indexOf("quit"));
    expect(types).toContain("save_note");
  });

  test("a question whose conversation ended meanwhile goes by itself", async () => {
    const { fake, screen } = await open("talking");
    fake.emit({ type: "ending", deadline: null });
    flushSync();
    await sees("ending");
    screen.hangUp();
    await loses("ending");
    await asks(fake, "stay");
  });

  test("a sign-out asks only when somebody or something would be lost", async () => {
    const { fake, screen } = await open("ready-empty");
    screen.signOut();
    await asks(fake, "sign_out");
    await closeNow();
    const other = await open("wrap-up");
    other.screen.signOut();
    await sees("ending");
    expect(other.fake.asked.map(({ type }) => type)).not.toContain("sign_out");
    await press("ending-confirm");
    await asks(other.fake, "sign_out");
  });
});

test("the demo's sign-in is filled in with its password to be seen, and one press signs in", async () => {
  const { fake } = await open("demo");
  const value = (id: string) => until(() => (seen(id) as HTMLInputElement | null)?.value ?? expect.fail(id));
  expect([await value("sign-in-server"), await value("sign-in-organisation"), await value("sign-in-user"), await value("sign-in-password")])
    .toEqual(["http://127.0.0.1:7480", "demo", "anna", "warmline-demo"]);
  expect((seen("sign-in-password") as HTMLInputElement).type).toBe("text");
  await press("sign-in-submit");
  await until(() => expect(fake.asked).toContainEqual({ type: "sign_in", server: "http://127.0.0.1:7480", organisation: "demo", user: "anna", password: "warmline-demo" }));
});
