// A note being written: kept at once, sent when typing pauses or the field is left, and honest about where it is.
import type { InteractionId } from "@warmline/protocol";

/** Typing pauses this long before the note is sent. */
export const NOTE_PAUSE_MS = 700;

export type NoteStatus = "empty" | "unsaved" | "saving" | "saved" | "failed";

export type NotePort = {
  /** Resolves true when the native side has it, be it only in the outbox. */
  save(interaction: InteractionId, text: string): Promise<boolean>;
  later(ms: number, run: () => void): () => void;
  changed(): void;
};

export class NoteDraft {
  #text: string;
  #saved: string;
  /** The server's note as last seen here; only a change of it is news. */
  #seen: string;
  #status: NoteStatus;
  #cancel: (() => void) | null = null;
  #sending: Promise<void> | null = null;

  constructor(readonly interaction: InteractionId, text: string, private readonly port: NotePort) {
    this.#text = text;
    this.#saved = text;
    this.#seen = text;
    this.#status = text === "" ? "empty" : "saved";
  }

  get text(): string {
    return this.#text;
  }

  get status(): NoteStatus {
    return this.#status;
  }

  type(text: string): void {
    this.#text = text;
    this.#set(text === this.#saved && this.#sending === null ? "saved" : "unsaved");
    this.#cancel?.();
    this.#cancel = this.port.later(NOTE_PAUSE_MS, () => void this.flush());
  }

  /** What the server has, unless something newer is being written here. */
  adopt(text: string): void {
    // Offline the view is old and repeats an older note; that must never undo what was typed since.
    if (text === this.#seen) return;
    this.#seen = text;
    if (this.#status === "unsaved" || this.#status === "saving" || this.#status === "failed" || text === this.#text) return;
    this.#text = text;
    this.#saved = text;
    this.#set(text === "" ? "empty" : "saved");
  }

  /** Sends what is not yet sent; one save at a time, so that the last one wins on the server too. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    while (this.#sending !== null) await this.#sending;
    if (this.#text === this.#saved) return;
    const text = this.#text;
    this.#set("saving");
    const sending = this.port.save(this.interaction, text).then((isKept) => {
      this.#sending = null;
      if (isKept) this.#saved = text;
      this.#set(!isKept ? "failed" : this.#text === text ? "saved" : "unsaved");
    });
    this.#sending = sending;
    await sending;
  }

  #set(status: NoteStatus): void {
    this.#status = status;
    this.port.changed();
  }
}
