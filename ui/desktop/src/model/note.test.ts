import { describe, expect, test } from "vitest";
import { NoteDraft } from "./note";

function desk() {
  const sent: string[] = [];
  const answers: Array<(isKept: boolean) => void> = [];
  let waiting: (() => void) | null = null;
  const draft = new NoteDraft(7, "", {
    save: (_, text) => {
      sent.push(text);
      return new Promise((resolve) => answers.push(resolve));
    },
    later: (_, run) => {
      waiting = run;
      return () => (waiting = null);
    },
    changed: () => undefined,
  });
  const settle = async () => { for (let turn = 0; turn < 8; turn += 1) await Promise.resolve(); };
  return { draft, sent, settle, pause: () => waiting?.(), answer: async (isKept: boolean) => { answers.shift()?.(isKept); await settle(); } };
}

describe("a note being written", () => {
  test("is sent once when typing pauses, with all that was typed", async () => {
    const { draft, sent, pause, answer } = desk();
    draft.type("W");
    draft.type("Wants");
    expect(sent).toEqual([]);
    pause();
    await answer(true);
    expect(sent).toEqual(["Wants"]);
    expect(draft.status).toBe("saved");
  });

  test("what is typed while a save is under way is sent after it, never beside it", async () => {
    const { draft, sent, pause, answer, settle } = desk();
    draft.type("a");
    pause();
    draft.type("ab");
    pause();
    await settle();
    expect(sent).toEqual(["a"]);
    await answer(true);
    expect(sent).toEqual(["a", "ab"]);
    expect(draft.status).toBe("saving");
    await answer(true);
    expect(draft.status).toBe("saved");
  });

  test("a refused save says so, keeps the text, and the next pause tries again", async () => {
    const { draft, sent, pause, answer } = desk();
    draft.type("keep me");
    pause();
    await answer(false);
    expect(draft.status).toBe("failed");
    expect(draft.text).toBe("keep me");
    void draft.flush();
    await answer(true);
    expect(sent).toEqual(["keep me", "keep me"]);
    expect(draft.status).toBe("saved");
  });

  test("an old view that is repeated offline never undoes what was saved since", async () => {
    const { draft, pause, answer } = desk();
    draft.type("new words");
    pause();
    await answer(true);
    draft.adopt("");
    expect(draft.text).toBe("new words");
  });

  test("what a colleague wrote is taken, but not while I am writing", () => {
    const { draft } = desk();
    draft.adopt("from Noor");
    expect(draft.text).toBe("from Noor");
    draft.type("from Noor, and me");
    draft.adopt("from Noor again");
    expect(draft.text).toBe("from Noor, and me");
  });

  test("leaving an unchanged note sends nothing", async () => {
    const { draft, sent } = desk();
    await draft.flush();
    expect(sent).toEqual([]);
  });
});
