// The scripted server's imports: a file is looked at, checked, written and taken back, as an administrator would see it.
import type { AlikeCustomer, DesktopReply, ExchangeCommand, Import, ImportOptions, ImportPreview, ReadHours } from "@warmline/protocol";
import { Refused } from "../bridge";
import { customers } from "./people";

const MINUTE = 60_000;
const OPTIONS: ImportOptions = {
  format: "csv", encoding: "utf-8", delimiter: ";", has_header: true, existing: "skip",
  columns: [
    { target: "name", name: null }, { target: "phone", name: null }, { target: "email", name: null }, { target: "attribute", name: "Vertragsnr." },
    { target: "note", name: null }, { target: "nothing", name: null },
  ],
};
const HEADER = ["Kunde", "Telefon", "E-Mail", "Vertragsnr.", "Bemerkung", ""];
const ROWS = [
  ["Jörg Müller", "+49 221 4710 815", "joerg@example.de", "V-1001", "ruft abends an", ""],
  ["陈玉兰", "+86 138 0013 8000", "chen@example.cn", "V-1002", "", ""],
  ["Đức Trần", "+84 24 3825 4321", "duc@example.vn", "V-1003", "speaks German, a little English", ""],
  ["Siobhán O’Brien", "", "siobhan(at)example.ie", "V-1004", "", ""],
];
const ADDRESS = "email: an e-mail address looks like name@example.com";
const NOBODY = "there is no name, number or address";

export class FakeImports {
  #all: Import[];
  /** A test lets time pass by looking; each look is one step further. */
  #steps = 0;

  constructor(private readonly now: () => number) {
    const one = (change: Partial<Import>): Import => ({
      import: 1, file: "kunden-2025.csv", by: "ada", at: now() - 3 * 24 * 60 * MINUTE, state: "done", bytes: 1_843_200, bytes_done: 1_843_200, problem: null, refused: [],
      kept: 0, unsearched: 0, counts: { rows: 12_480, created: 12_204, updated: 0, skipped: 231, refused: 45 }, options: OPTIONS, ...change,
    });
    this.#all = [
      one({ import: 3, file: "partners.vcf", at: now() - 26 * MINUTE, state: "undone", kept: 4, counts: { rows: 310, created: 310, updated: 0, skipped: 0, refused: 0 } }),
      one({ refused: [{ line: 17, reason: ADDRESS }, { line: 203, reason: NOBODY }] }),
    ];
  }

  answer(command: ExchangeCommand): DesktopReply {
    switch (command.type) {
      case "imports":
        this.#pass();
        return { type: "imports", page: { imports: this.#all } };
      case "begin_import":
        return this.#put({ import: this.#all.length + 2, file: command.new.file, by: "ada", at: this.now(), state: "sending", bytes: command.new.bytes, bytes_done: 0, problem: null, refused: [], kept: 0, unsearched: 0, counts: { rows: 0, created: 0, updated: 0, skipped: 0, refused: 0 }, options: { ...OPTIONS, format: null, encoding: null, delimiter: null, has_header: null, columns: null } });
      case "send_import_piece":
        return this.#change(command.import, (one) => ({ ...one, state: "ready", bytes_done: one.bytes }));
      case "import":
        return this.#change(command.import, (one) => one);
      case "preview_import":
        return { type: "import_preview", preview: this.#preview(command.options) };
      case "check_import":
        return this.#change(command.import, (one) => ({ ...one, state: "checking", bytes_done: 0, options: command.options }));
      case "start_import":
        return this.#change(command.import, (one) => ({ ...one, state: "running", bytes_done: 0, options: command.options }));
      case "stop_import":
        return this.#change(command.import, (one) => ({ ...one, state: one.state === "checking" ? "ready" : "stopped" }));
      case "undo_import":
        return this.#change(command.import, (one) => ({ ...one, state: "undoing", counts: { ...one.counts, rows: 0 } }));
      case "remove_import":
        this.#all = this.#all.filter((one) => one.import !== command.import);
        return { type: "done" };
      case "save_refused":
        return { type: "exported", path: `/home/ada/Downloads/warmline-refused-${command.import}.csv` };
      case "export_customers":
        return { type: "exported", path: `/home/ada/Downloads/warmline-customers.${command.format === "csv" ? "csv" : "vcf"}` };
      case "alike":
        return { type: "alike", alike: { customers: this.#alike(command.alike.name, command.alike.identities.map(({ value }) => value)) } };
      case "create_customer": {
        const { consents, ...record } = command.new;
        const given = consents.map((consent) => ({ ...consent, given_at: this.now() }));
        return { type: "customer", customer: { ...record, consents: given, customer: 901, since: this.now(), interactions: 0, revision: 1, browsers: 0 } };
      }
      case "read_calendar":
        return { type: "read_hours", read: this.#calendar(command.question.calendar) };
      case "read_notation":
        return { type: "read_hours", read: this.#notation(command.question.text) };
    }
  }

  #alike(name: string, values: readonly string[]): AlikeCustomer[] {
    const plain = (text: string) => text.toLowerCase().replaceAll(/\s/g, "");
    return customers(this.now()).flatMap((customer): AlikeCustomer[] => {
      if (customer.identities.some(({ value }) => values.map(plain).includes(plain(value)))) return [{ customer, because: "identity" }];
      return plain(customer.name) === plain(name) ? [{ customer, because: "name" }] : [];
    });
  }

  #preview(given: ImportOptions): ImportPreview {
    if (given.encoding === "utf-16le") throw new Refused({ type: "refused", code: "bad_field", hint: "the file is empty" });
    const columns = given.columns ?? OPTIONS.columns;
    return {
      options: { ...OPTIONS, ...given, format: "csv", encoding: given.encoding ?? "utf-8", delimiter: given.delimiter ?? ";", has_header: given.has_header ?? true, columns },
      is_encoding_sure: given.encoding !== "windows-1252", header: HEADER, rows: ROWS,
      customers: ROWS.map(([name = "", phone = "", mail = ""], index) => ({
        line: index + 2, name: mail.includes("@") ? name : "", refused: mail.includes("@") ? null : ADDRESS,
        identities: [{ kind: "phone" as const, value: phone }, { kind: "email" as const, value: mail }],
      })),
    };
  }

  #calendar(calendar: string): ReadHours {
    if (calendar.includes("10.0.0.")) throw new Refused({ type: "refused", code: "bad_field", hint: "calendar: the address leads into a private network; an operator can allow the host by name with imports.calendar_hosts" });
    return { weekly: null, holidays: [{ date: "2027-01-01", name: "New Year's Day", openings: [] }, { date: "2027-05-01", name: "Labour Day", openings: [] }], remarks: [] };
  }

  #notation(text: string): ReadHours {
    if (text.includes("sunrise")) throw new Refused({ type: "refused", code: "bad_field", hint: "text: at character 7: times by the sun are not understood; give hours and minutes" });
    const days = ["monday", "tuesday", "wednesday", "thursday", "friday"] as const;
    return { weekly: days.map((day) => ({ day, from: "08:30", to: "17:30" })), holidays: [], remarks: [] };
  }

  /** What is at work goes on by a part each time that it is looked at. */
  #pass(): void {
    this.#all = this.#all.map((one) => {
      if (one.unsearched > 0) return { ...one, unsearched: one.unsearched - 384 > 0 ? one.unsearched - 384 : 0 };
      if (one.state !== "checking" && one.state !== "running" && one.state !== "undoing") return one;
      this.#steps += 1;
      if (this.#steps < 3) return { ...one, bytes_done: (one.bytes * this.#steps) / 3, counts: { ...one.counts, rows: 400 * this.#steps } };
      this.#steps = 0;
      if (one.state === "undoing") return { ...one, state: "undone", kept: 2 };
      const counts = { rows: 1_204, created: 1_151, updated: 0, skipped: 41, refused: 12 };
      const isDone = one.state === "running";
      return { ...one, state: isDone ? "done" : "checked", unsearched: isDone ? counts.created : 0, bytes_done: one.bytes, counts, refused: [{ line: 5, reason: ADDRESS }, { line: 88, reason: NOBODY }] };
    });
  }

  #put(one: Import): DesktopReply {
    this.#all = [one, ...this.#all];
    return { type: "import", import: one };
  }

  #change(id: number, change: (one: Import) => Import): DesktopReply {
    const known = this.#all.find((one) => one.import === id);
    if (known === undefined) throw new Refused({ type: "refused", code: "unknown_import", hint: "" });
    const next = change(known);
    this.#all = this.#all.map((one) => (one.import === id ? next : one));
    return { type: "import", import: next };
  }
}
