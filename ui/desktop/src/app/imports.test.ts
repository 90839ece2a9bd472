// @vitest-environment jsdom
// Files of customers and new records over the scripted bridge: sent, looked at, checked, brought in, taken back.
import { flushSync } from "svelte";
import { expect, test } from "vitest";
import type { Fake } from "../bridge/fake";
import { one, open, press, seen, until } from "./opened";

function asked(fake: Fake): string[] {
  return fake.asked.flatMap((command) => (command.type === "exchange" ? [command.command.type] : []));
}

async function administration() {
  const opened = await open("administrator");
  await press("rail-administration");
  await press("section-imports");
  await until(() => expect(seen("import-row")).not.toBeNull());
  return opened;
}

test("a file is sent, looked at, checked and brought in, and shows how far it is", async () => {
  const { fake, screen } = await administration();
  const bytes = new Uint8Array(1_700_000).fill(65);
  await screen.imports.send(new File([bytes], "kunden.csv"));
  flushSync();
  expect(asked(fake).filter((type) => type === "send_import_piece")).toHaveLength(3);
  await until(() => expect(seen("import-columns")?.textContent).toContain("Telefon"));
  const column = seen("import-columns")?.querySelectorAll("select")[5];
  if (!(column instanceof HTMLSelectElement)) throw new Error("no sixth column");
  column.value = "labels";
  column.dispatchEvent(new Event("change", { bubbles: true }));
  await until(() => expect(screen.imports.options?.columns?.[5]?.target).toBe("labels"));
  await press("import-check");
  await until(() => expect(screen.imports.open?.state).toBe("checked"));
  flushSync();
  expect(seen("import-counts")?.textContent).toContain("1,151");
  const checked = fake.asked.findLast((command) => command.type === "exchange" && command.command.type === "check_import");
  expect(checked).toMatchObject({ command: { options: { columns: { 5: { target: "labels" } } } } });
  await press("import-start");
  await until(() => expect(screen.imports.open?.state).toBe("done"));
  await until(() => expect(seen("import-unsearched")?.textContent).toMatch(/^A search learns these records now: [\d,]+ to go\.$/));
  await until(() => expect(seen("import-unsearched")).toBeNull());
  flushSync();
  await press("import-refused");
  await until(() => expect(seen("import-detail")?.textContent).toContain("warmline-refused"));
  await press("import-undo");
  await press("import-undo-confirm");
  await until(() => expect(screen.imports.open?.state).toBe("undone"));
});

test("what is wrong with a file is said where it is read, and nothing can be started", async () => {
  const { screen } = await administration();
  await screen.imports.send(new File(["x"], "odd.csv"));
  screen.imports.readAnew({ encoding: "utf-16le" });
  await until(() => expect(seen("import-error")?.textContent).toContain("empty"));
  expect(seen("import-start")?.hasAttribute("disabled")).toBe(true);
  await screen.imports.send(new File([], "nothing.csv"));
  expect(screen.imports.error).toEqual({ key: "import.error.empty" });
});

test("a new customer who is there already is pointed out and can be made all the same", async () => {
  const { fake } = await open("customers");
  await press("customer-new");
  const name = await until(() => one('[data-testid="customer-form"] input') ?? expect.fail("no name"));
  if (!(name instanceof HTMLInputElement)) throw new Error("no field");
  name.value = "Chen Yulan";
  name.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  await until(() => expect(seen("alike")?.textContent).toContain("Chen Yulan"));
  expect(seen("customer-create")?.textContent).toContain("Create all the same");
  await press("customer-create");
  await until(() => expect(asked(fake)).toContain("create_customer"));
  await until(() => expect(seen("customer-form")).toBeNull());
});

test("hours that another program wrote go into the form", async () => {
  const { screen } = await open("administrator");
  await press("rail-administration");
  await press("section-schedules");
  const row = await until(() => one('[data-testid="admin-row"][data-key="weekdays"]') ?? expect.fail("no hours"));
  row.click();
  flushSync();
  const field = await until(() => one('[data-testid="read-notation"] input') ?? expect.fail("no field"));
  if (!(field instanceof HTMLInputElement)) throw new Error("no field");
  field.value = "Mo-Fr 08:30-17:30";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  one('[data-testid="read-notation"]')?.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
  const weekdays = () => screen.administration.after?.schedules.find(({ code }) => code === "weekdays");
  await until(() => expect(weekdays()?.weekly[0]).toEqual({ day: "monday", from: "08:30", to: "17:30" }));
  expect(screen.administration.changes).toBe(1);
});
