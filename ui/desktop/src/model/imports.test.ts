// What the screen makes of imports.
import type { Import, ImportState } from "@warmline/protocol";
import { describe, expect, it } from "vitest";
import { isAtWork, isOpenToChange, mayUndo, nameFor, newCustomerOf, shareDone, withColumn } from "./imports";
import type { RecordForm } from "./records";

const COUNTS = { rows: 10, created: 4, updated: 1, skipped: 2, refused: 3 };

function importOf(state: ImportState, change: Partial<Import> = {}): Import {
  return {
    import: 1, file: "a.csv", by: "ada", at: 0, state, bytes: 200, bytes_done: 50, counts: COUNTS, problem: null, refused: [], kept: 0, unsearched: 0,
    options: { format: null, encoding: null, delimiter: null, has_header: null, columns: null, existing: "skip" }, ...change,
  };
}

describe("imports", () => {
  it("can be done what fits their state", () => {
    const none = { ...COUNTS, created: 0, updated: 0 };
    expect(["checking", "running", "undoing", "done"].map((state) => isAtWork({ state: state as ImportState }))).toEqual([true, true, true, false]);
    expect(isOpenToChange(importOf("ready"))).toBe(true);
    expect(isOpenToChange(importOf("failed"))).toBe(false);
    expect(isOpenToChange(importOf("failed", { counts: none }))).toBe(true);
    expect(mayUndo(importOf("done"))).toBe(true);
    expect(mayUndo(importOf("done", { counts: none }))).toBe(false);
    expect(mayUndo(importOf("undone"))).toBe(false);
  });

  it("tell how far they are", () => {
    expect(shareDone(importOf("running"), 0)).toBe(25);
    expect(shareDone(importOf("running", { bytes: 0 }), 0)).toBeNull();
    expect(shareDone(importOf("undoing"), 20)).toBe(50);
    expect(shareDone(importOf("undoing"), 0)).toBeNull();
  });

  it("have columns with names where one is needed", () => {
    const options = { ...importOf("ready").options, columns: [{ target: "name" as const, name: null }, { target: "nothing" as const, name: null }] };
    expect(withColumn(options, 1, "attribute", "Branch").columns?.[1]).toEqual({ target: "attribute", name: "Branch" });
    expect(nameFor("attribute", " Branch ")).toBe("Branch");
    expect(nameFor("attribute", "")).toBe("?");
    expect(nameFor("handle", "WeChat")).toBe("wechat");
    expect(nameFor("phone", "Tel")).toBeNull();
  });

  it("a typed record leaves empty lines out", () => {
    const form: RecordForm = {
      name: " Anna Marsh ", language: "", isVip: true, labels: "gold, ，retail", identities: [{ kind: "phone", value: " 112 " }, { kind: "email", value: " " }],
      attributes: [], preferences: { channel: null, time: null, site: null }, forgetsBrowsers: false,
      consents: { recording: "given", marketing: "unknown", survey: "refused", prediction: "unknown" },
    };
    const made = newCustomerOf(form);
    expect([made.name, made.language, made.labels, made.identities]).toEqual(["Anna Marsh", null, ["gold", "retail"], [{ kind: "phone", value: "112" }]]);
    expect(made.consents.map(({ kind, is_given }) => [kind, is_given])).toEqual([["recording", true], ["survey", false]]);
  });
});
