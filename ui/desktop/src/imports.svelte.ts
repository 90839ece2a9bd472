// Imports of customers' files while somebody watches: the list, the one that is open, how its file looks, and how far it is.
import type {
  ColumnTarget, DesktopCommand, DesktopError, DesktopReply, ExchangeCommand, Import, ImportOptions, ImportPreview,
} from "@warmline/protocol";
import { isAtWork, PIECE_BYTES, withColumn } from "./model/imports";
import { errorWords, type Words } from "./model/words";

type Outcome = { ok: true; reply: DesktopReply } | { ok: false; error: DesktopError };
type Ask = (command: DesktopCommand) => Promise<Outcome>;

/** While something is at work it is looked at this often. */
const LOOK_MS = 700;
/** Typing in the form pauses this long before the file is read anew. */
const PREVIEW_PAUSE_MS = 250;

export class Imports {
  all = $state.raw<readonly Import[] | null>(null);
  open = $state.raw<Import | null>(null);
  options = $state.raw<ImportOptions | null>(null);
  preview = $state.raw<ImportPreview | null>(null);
  /** Why the list could not be read. */
  loadError = $state.raw<Words | null>(null);
  /** Why the file cannot be read so, in the server's words. */
  fileError = $state<string | null>(null);
  error = $state.raw<Words | null>(null);
  /** Where a file was written. */
  saved = $state<string | null>(null);
  isPreviewing = $state(false);
  /** Of a file that is being sent. */
  sending = $state.raw<{ name: string; sent: number; bytes: number } | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #turn = 0;

  constructor(private readonly ask: Ask) {}

  async load(): Promise<void> {
    const outcome = await this.#exchange({ type: "imports" });
    this.loadError = outcome.ok ? null : errorWords(outcome.error);
    if (!outcome.ok || outcome.reply.type !== "imports") return;
    this.all = outcome.reply.page.imports;
    const mine = this.all.find(({ import: id }) => id === this.open?.import);
    if (mine !== undefined) this.open = mine;
    this.#watch();
  }

  /** Nothing is looked at while nobody watches. */
  leave(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#turn += 1;
  }

  forget(): void {
    this.leave();
    [this.all, this.open, this.options, this.preview, this.error, this.fileError, this.saved, this.sending] = [null, null, null, null, null, null, null, null];
  }

  /** Sends a file piece by piece, and looks at it. */
  async send(file: File): Promise<void> {
    [this.error, this.fileError, this.saved] = [null, null, null];
    if (file.size === 0) return void (this.error = { key: "import.error.empty" });
    this.sending = { name: file.name, sent: 0, bytes: file.size };
    const begun = await this.#exchange({ type: "begin_import", new: { file: file.name.slice(0, 200), bytes: file.size } });
    let sent = this.#taken(begun);
    try {
      sent = await this.#pieces(file, sent);
    } catch {
      // Taken away, or changed while it was read.
      sent = null;
      this.error = { key: "import.error.unreadable" };
    }
    this.sending = null;
    if (sent !== null) await this.choose(sent);
    await this.load();
  }

  async #pieces(file: File, begun: Import | null): Promise<Import | null> {
    let sent = begun;
    for (let offset = 0; sent !== null && offset < file.size; offset += PIECE_BYTES) {
      const bytes = await base64(file.slice(offset, offset + PIECE_BYTES));
      sent = this.#taken(await this.#exchange({ type: "send_import_piece", import: sent.import, offset, bytes }));
      this.sending = { name: file.name, sent: Math.min(offset + PIECE_BYTES, file.size), bytes: file.size };
    }
    return sent;
  }

  async choose(chosen: Import | null): Promise<void> {
    [this.open, this.preview, this.options, this.fileError, this.error, this.saved] = [chosen, null, chosen?.options ?? null, null, null, null];
    if (chosen !== null && (chosen.state === "ready" || chosen.state === "checked" || chosen.state === "failed")) await this.look(chosen.options);
  }

  /** Reads the beginning of the file with these options. */
  async look(options: ImportOptions): Promise<void> {
    const of = this.open?.import;
    if (of === undefined) return;
    const mine = (this.#turn += 1);
    this.options = options;
    this.isPreviewing = true;
    const outcome = await this.#exchange({ type: "preview_import", import: of, options });
    if (mine !== this.#turn) return;
    this.isPreviewing = false;
    this.fileError = null;
    if (outcome.ok && outcome.reply.type === "import_preview") [this.preview, this.options] = [outcome.reply.preview, outcome.reply.preview.options];
    else if (!outcome.ok) this.#refused(outcome.error);
  }

  change(options: Partial<ImportOptions>): void {
    if (this.options !== null) this.#later({ ...this.options, ...options });
  }

  /** Another way of reading leaves every guess open again. */
  readAnew(options: Partial<ImportOptions>): void {
    if (this.options !== null) this.#later({ ...this.options, columns: null, ...options });
  }

  setColumn(at: number, target: ColumnTarget, name: string | null): void {
    if (this.options !== null) this.#later(withColumn(this.options, at, target, name));
  }

  #later(options: ImportOptions): void {
    this.options = options;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(options), PREVIEW_PAUSE_MS);
  }

  check(): Promise<void> {
    return this.#work("check_import");
  }

  start(): Promise<void> {
    return this.#work("start_import");
  }

  async #work(type: "check_import" | "start_import"): Promise<void> {
    if (this.open === null) return;
    const outcome = await this.#exchange({ type, import: this.open.import, options: this.options ?? this.open.options });
    this.#shown(outcome);
  }

  async stop(): Promise<void> {
    if (this.open !== null) this.#shown(await this.#exchange({ type: "stop_import", import: this.open.import }));
  }

  async undo(): Promise<void> {
    if (this.open !== null) this.#shown(await this.#exchange({ type: "undo_import", import: this.open.import }));
  }

  async remove(): Promise<void> {
    if (this.open === null) return;
    const outcome = await this.#exchange({ type: "remove_import", import: this.open.import });
    if (!outcome.ok) return void (this.error = errorWords(outcome.error));
    await this.choose(null);
    await this.load();
  }

  async saveRefused(): Promise<void> {
    if (this.open === null) return;
    const outcome = await this.#exchange({ type: "save_refused", import: this.open.import });
    if (outcome.ok && outcome.reply.type === "exported") this.saved = outcome.reply.path;
    else if (!outcome.ok) this.error = errorWords(outcome.error);
  }

  #shown(outcome: Outcome): void {
    this.saved = null;
    if (this.#taken(outcome) !== null) this.#watch();
  }

  #taken(outcome: Outcome): Import | null {
    if (outcome.ok && outcome.reply.type === "import") {
      this.open = outcome.reply.import;
      this.error = null;
      return outcome.reply.import;
    }
    if (!outcome.ok) this.#refused(outcome.error);
    return null;
  }

  /** What is wrong with a file the server says best. */
  #refused(error: DesktopError): void {
    if (error.type === "refused" && error.code === "bad_field") this.fileError = error.hint;
    else this.error = errorWords(error);
  }

  #watch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const isBusy = [this.open, ...(this.all ?? [])].some((one) => one !== null && (isAtWork(one) || one.unsearched > 0));
    this.#timer = isBusy ? setTimeout(() => void this.load(), LOOK_MS) : null;
  }

  #exchange(command: ExchangeCommand): Promise<Outcome> {
    return this.ask({ type: "exchange", command });
  }
}


/** By the browser's own reader: it is quicker than letter by letter. */
function base64(piece: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onerror = () => failed(reader.error ?? new Error("the file cannot be read"));
    reader.onload = () => done(String(reader.result).split(",", 2)[1] ?? "");
    reader.readAsDataURL(piece);
  });
}
