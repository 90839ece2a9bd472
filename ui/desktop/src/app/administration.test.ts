// @vitest-environment jsdom
// The administration over the scripted bridge: drafts, checks, saving, what others do meanwhile, and leaving.
import { flushSync } from "svelte";
import { expect, test, vi } from "vitest";
import type { Fake } from "../bridge/fake";
import { closeNow, one, open, press, seen, until } from "./opened";

async function go(section: string, key?: string) {
  await press("rail-administration");
  await press(`section-${section}`);
  if (key === undefined) return;
  const row = await until(() => one(`[data-testid="admin-row"][data-key="${key}"]`) ?? expect.fail(`no ${key}`));
  row.click();
  flushSync();
}

function type(element: HTMLElement | null, value: string) {
  if (!(element instanceof HTMLInputElement)) throw new Error("no such field");
  element.value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

function choose(id: string, value: string) {
  const select = seen(id);
  if (!(select instanceof HTMLSelectElement)) throw new Error(`no ${id}`);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
}

const asked = (fake: Fake, kind: string) => fake.asked.filter((command) => command.type === kind);

test("only administrators have the place, by the rail and by its keys", async () => {
  const { screen } = await open("ready-empty");
  expect(seen("rail-administration")).toBeNull();
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "4", code: "Digit4", ctrlKey: true }));
  expect(screen.place.type).toBe("work");
  await closeNow();
  const { screen: other } = await open("administrator");
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "4", code: "Digit4", ctrlKey: true }));
  expect(other.place.type).toBe("administration");
});

test("a change is checked when typing pauses, saved with the revision it was made from, and holds", async () => {
  const { fake, admin } = await open("administrator");
  await go("queues", "sales");
  type(seen("field-name"), "Orders");
  await until(() => expect(asked(fake, "check_configuration")).toHaveLength(1));
  const revision = admin.state?.revision ?? 0;
  await press("save");
  await until(() => expect(admin.changes).toBe(0));
  expect(asked(fake, "change_configuration")).toMatchObject([{ patch: { if_revision: revision, change: { queues: [{ code: "sales", name: "Orders" }], people: [] } } }]);
  await until(() => expect(seen("save-news")?.textContent).toContain("Saved"));
  expect(seen("form-title")?.textContent).toBe("Orders");
});

test("a loop stands red at both queues and cannot be saved; undone, it can", async () => {
  const { admin } = await open("administrator");
  await go("queues", "support");
  choose("when-full", "sales");
  await go("queues", "sales");
  choose("when-full", "support");
  await until(() => expect(one("[data-testid=finding][data-code=loop]")).not.toBeNull());
  expect(seen("save")?.hasAttribute("disabled")).toBe(true);
  expect(admin.findings.filter(({ finding }) => finding.code === "loop").map(({ place }) => place.key).sort()).toEqual(["sales", "support"]);
  choose("when-full", "");
  await until(() => expect(seen("save")?.hasAttribute("disabled")).toBe(false));
});

test("what somebody else saved meanwhile stays, mine is laid over it, and is saved only when I say so again", async () => {
  const { fake, admin } = await open("administrator");
  await go("queues", "sales");
  type(seen("field-name"), "Orders");
  fake.administration.elsewhere("sam", (was) => ({ ...was, queues: was.queues.map((queue) => (queue.code === "sales" ? { ...queue, priority: 7 } : queue)) }));
  await press("save");
  await until(() => expect(seen("save-news")?.textContent).toContain("Somebody else saved meanwhile"));
  expect(seen("save-news")?.textContent).toContain("Sales");
  expect(fake.administration.configuration.queues.find(({ code }) => code === "sales")?.name).toBe("Sales");
  expect(admin.changes).toBe(1);
  await press("save");
  await until(() => expect(fake.administration.configuration.queues.find(({ code }) => code === "sales")).toMatchObject({ name: "Orders", priority: 7 }));
});

test("a new person gets a user name of the name, and a code that is taken is said before saving", async () => {
  const { fake, admin } = await open("administrator");
  await go("people");
  await press("admin-add");
  type(await until(() => seen("field-name") ?? expect.fail("no form")), "Ines Duarte");
  expect((seen("field-code") as HTMLInputElement).value).toBe("ines.duarte");
  type(seen("field-code"), "noor");
  await until(() => expect(one("[data-testid=finding][data-code=code_twice]")).not.toBeNull());
  expect(seen("save")?.hasAttribute("disabled")).toBe(true);
  type(seen("field-code"), "ines");
  await press("serves-support");
  await press("save");
  await until(() => expect(fake.administration.configuration.people.at(-1)).toMatchObject({ user: "ines", name: "Ines Duarte", queues: ["support"] }));
  await until(() => expect(admin.chosen.people).toBe("ines"));
});

test("a person is removed only after a word, and comes back until it is saved", async () => {
  const { admin } = await open("administrator");
  await go("people", "noor");
  await press("remove");
  expect(admin.changes).toBe(0);
  await press("remove-confirm");
  expect(admin.draft.people.get("noor")).toBeNull();
  await press("restore");
  expect(admin.changes).toBe(0);
});

test("a password needs eight characters, the same twice, and is set at once", async () => {
  const { fake } = await open("administrator");
  await go("people", "noor");
  await press("password-open");
  const submit = () => seen("password-form")?.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
  type(seen("password-first"), "short");
  type(seen("password-again"), "short");
  submit();
  type(seen("password-first"), "long enough");
  submit();
  expect(asked(fake, "set_password")).toEqual([]);
  type(seen("password-again"), "long enough");
  submit();
  await until(() => expect(asked(fake, "set_password")).toEqual([{ type: "set_password", user: "noor", password: "long enough" }]));
  await until(() => expect(seen("password-done")).not.toBeNull());
});

test("one's own password is changed with the old one, and what is wrong is said at its field", async () => {
  const { fake } = await open("ready-empty");
  await press("rail-settings");
  await press("password-open");
  const change = (old: string, first: string, second = first) => {
    type(seen("password-old"), old);
    type(seen("password-first"), first);
    type(seen("password-second"), second);
    seen("password-change")?.closest("form")?.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
    flushSync();
  };
  const wrong = (id: string) => seen(id)?.getAttribute("aria-invalid") === "true";
  change("warmline-demo", "long and odd 7", "long and odd 8");
  await until(() => expect(wrong("password-second")).toBe(true));
  expect(asked(fake, "change_password")).toEqual([]);
  change("not this", "long and odd 7");
  await until(() => expect(wrong("password-old")).toBe(true));
  change("warmline-demo", "password1");
  await until(() => expect(wrong("password-first")).toBe(true));
  change("warmline-demo", "long and odd 7");
  await until(() => expect(seen("password-done")).not.toBeNull());
  expect(asked(fake, "change_password").at(-1)).toEqual({ type: "change_password", old: "warmline-demo", new: "long and odd 7" });
});

test("a past change is taken back; one that was changed again since says by which", async () => {
  const { fake } = await open("administrator");
  await go("history");
  await press("undo", '[data-revision="38"]');
  await press("undo-confirm");
  await until(() => expect(seen("undo-error")?.textContent).toContain("Anna Marsh"));
  expect(seen("undo-error")?.textContent).toContain("no. 39");
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await until(() => expect(seen("undo-error")).toBeNull());
  await press("undo", '[data-revision="41"]');
  await press("undo-confirm");
  await until(() => expect(fake.administration.configuration.queues.find(({ code }) => code === "business")).toMatchObject({ ring_ms: 20_000, priority: 0 }));
  await until(() => expect(one('[data-testid="past-change"]')?.dataset["revision"]).toBe("42"));
});

test("older changes are fetched on demand, after those that are shown", async () => {
  const { fake } = await open("administrator");
  await go("history");
  const shown = () => [...document.querySelectorAll<HTMLElement>("[data-testid=past-change]")].map(({ dataset }) => Number(dataset["revision"]));
  await until(() => expect(shown()).toEqual([41, 40, 39, 38, 37]));
  await press("past-more");
  await until(() => expect(shown()).toEqual([41, 40, 39, 38, 37, 36, 35]));
  expect(asked(fake, "configuration_changes").at(-1)).toEqual({ type: "configuration_changes", before: 37 });
  expect(seen("past-more")).toBeNull();
});

test("a number out of its limits comes back within them, and one that was only looked at stays", async () => {
  const { fake, admin } = await open("administrator");
  fake.administration.elsewhere("sam", (was) => ({ ...was, queues: was.queues.map((queue) => (queue.code === "sales" ? { ...queue, ring_ms: 20_000_000_000 } : queue)) }));
  await go("queues", "sales");
  const field = await until(() => seen("ring-ms") ?? expect.fail("no field"));
  field.dispatchEvent(new FocusEvent("blur"));
  expect(admin.changes).toBe(0);
  type(field, "12000");
  expect(admin.changes).toBe(0);
  field.dispatchEvent(new FocusEvent("blur"));
  flushSync();
  expect((field as HTMLInputElement).value).toBe("9999");
  expect(admin.draft.queues.get("sales")?.ring_ms).toBe(9_999_000);
});

test("leaving with changes asks; answering a call does not, and loses nothing", async () => {
  const { fake, screen, admin } = await open("administrator");
  await go("queues", "sales");
  type(seen("field-name"), "Orders");
  await press("rail-customers");
  await press("leave-stay");
  expect(screen.place.type).toBe("administration");
  fake.ring();
  await press("ring-accept");
  expect(screen.place.type).toBe("work");
  expect(admin.changes).toBe(1);
  await press("rail-administration");
  await press("rail-devices");
  await press("leave-discard");
  expect([screen.place.type, admin.changes]).toEqual(["devices", 0]);
});

test("without the server it says so instead of showing an empty organisation", async () => {
  const { fake, screen } = await open("administrator");
  vi.spyOn(fake.administration, "answer").mockImplementation(() => {
    throw { type: "unreachable", detail: "refused" };
  });
  screen.go({ type: "administration" });
  await until(() => expect(seen("administration")?.textContent).toContain("The settings need the server"));
  expect(seen("admin-row")).toBeNull();
});
