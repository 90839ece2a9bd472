// The ring of a callback: heard, felt on a phone, and shown by the system when the page is not looked at.

const ROUND_MS = 2_600;
const LOUDNESS = 0.22;

/** Two strokes of two tones each, as a desk phone rings. */
const STROKES_S: readonly number[] = [0, 0.45];
const TONES_HZ: readonly number[] = [659.26, 830.61];
const STROKE_S = 0.34;

export type Notices = "granted" | "denied" | "default" | "none";

export class Ring {
  readonly #context: () => AudioContext;
  readonly #words: () => { readonly title: string; readonly body: string };
  #timer: number | undefined;
  #notice: Notification | null = null;

  constructor(context: () => AudioContext, words: () => { title: string; body: string }) {
    this.#context = context;
    this.#words = words;
  }

  set(isRinging: boolean): void {
    window.clearInterval(this.#timer);
    this.#timer = undefined;
    this.#notice?.close();
    this.#notice = null;
    if (!isRinging) {
      if ("vibrate" in navigator) navigator.vibrate(0);
      return;
    }
    this.#sound();
    this.#timer = window.setInterval(() => this.#sound(), ROUND_MS);
    this.#notify();
  }

  /** Only by the press of a button: a browser asks nobody who did not ask for it. */
  ask(answered: () => void): void {
    if (noticesOf() !== "default") return;
    // An embedded page may not ask; it rings all the same.
    void Notification.requestPermission().then(answered, answered);
  }

  #sound(): void {
    const context = this.#context();
    const start = context.currentTime + 0.03;
    for (const stroke of STROKES_S) {
      const envelope = context.createGain();
      envelope.gain.setValueAtTime(0, start + stroke);
      envelope.gain.linearRampToValueAtTime(LOUDNESS, start + stroke + 0.02);
      envelope.gain.setTargetAtTime(0, start + stroke + STROKE_S / 2, STROKE_S / 5);
      envelope.connect(context.destination);
      for (const hertz of TONES_HZ) {
        const tone = context.createOscillator();
        tone.type = "triangle";
        tone.frequency.value = hertz;
        tone.connect(envelope);
        tone.start(start + stroke);
        tone.stop(start + stroke + STROKE_S * 2);
      }
    }
    // Without a tap before it, a browser refuses to shake; that is no error.
    if ("vibrate" in navigator && hasBeenTouched()) navigator.vibrate([280, 170, 280]);
  }

  #notify(): void {
    if (noticesOf() !== "granted" || (document.visibilityState === "visible" && document.hasFocus())) return;
    const { title, body } = this.#words();
    try {
      const notice = new Notification(title, { body, tag: "warmline-callback", requireInteraction: true });
      notice.onclick = () => {
        window.focus();
        notice.close();
      };
      this.#notice = notice;
    } catch {
      // Phones show notifications of installed pages only.
    }
  }
}

/** Whether this page may show notifications; "none" where there are none to ask for. */
export function noticesOf(): Notices {
  return "Notification" in window ? Notification.permission : "none";
}

/** Whether anybody has touched the page since it was opened: before that it may make no sound. */
export function hasBeenTouched(): boolean {
  // Absent in older browsers, which then show one hint too few rather than one too many.
  const activation: UserActivation | undefined = navigator.userActivation;
  return activation?.hasBeenActive ?? true;
}
