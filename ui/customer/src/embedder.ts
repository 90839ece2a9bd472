// The site around this page's frame: what is told to its launcher, and what it keeps for a page that may keep nothing.

/** A launcher answers at once; without one, or with one of before, the page goes on alone. */
const ANSWER_WITHIN_MS = 2_000;

export interface Welcome {
  /** The launcher's origin, as the browser says it. */
  readonly site: string;
  /** What this page gave it to keep. */
  readonly pass: string | null;
}

export class Embedder {
  #site: string | null = null;
  #welcomed: ((welcome: Welcome) => void) | null = null;

  constructor() {
    window.addEventListener("message", (event) => this.#hear(event));
    // The first word, before anything else can fail: by it the launcher knows that this page came up.
    this.tell({ type: "hello" });
  }

  /** Only the stage and a short word on it, never what the customer typed. */
  tell(message: Readonly<Record<string, unknown>>): void {
    window.parent.postMessage({ warmline: 1, ...message }, this.#site ?? "*");
  }

  /** Given to this site's own page and no other; nothing when no launcher is there. */
  keep(pass: string | null): void {
    if (this.#site !== null) window.parent.postMessage({ warmline: 1, type: "keep", pass }, this.#site);
  }

  /** The launcher's answer to the first word; `null` when none comes. */
  welcome(): Promise<Welcome | null> {
    return new Promise((resolve) => {
      const timer = window.setTimeout(() => resolve(null), ANSWER_WITHIN_MS);
      this.#welcomed = (welcome) => {
        window.clearTimeout(timer);
        resolve(welcome);
      };
      this.tell({ type: "hello" });
    });
  }

  #hear({ source, origin, data }: MessageEvent): void {
    // Who may be around this page, the server's `frame-ancestors` has said already.
    const said: unknown = data;
    if (source !== window.parent || typeof said !== "object" || said === null || Reflect.get(said, "warmline") !== 1) return;
    const type: unknown = Reflect.get(said, "type");
    if (type === "ping") this.tell({ type: "hello" });
    if (type !== "welcome") return;
    this.#site = origin;
    const pass: unknown = Reflect.get(said, "pass");
    this.#welcomed?.({ site: origin, pass: typeof pass === "string" ? pass : null });
    this.#welcomed = null;
  }
}
