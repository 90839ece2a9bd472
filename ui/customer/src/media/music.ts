// Music while waiting, made on the spot: slow chords of a few soft tones, so that nothing is downloaded or licensed.

/** One chord lasts this long; the next one begins while it fades. */
const CHORD_S = 6;
const FADE_S = 2.5;
const LOUDNESS = 0.05;

/** Semitones from A3 (220 Hz): Am9, Fmaj7, Cmaj9, G6. */
const CHORDS: readonly (readonly number[])[] = [
  [0, 7, 10, 15, 26],
  [-4, 3, 8, 12, 19],
  [3, 10, 14, 19, 22],
  [-2, 5, 9, 14, 21],
];

export class Music {
  readonly #context: AudioContext;
  readonly #volume: GainNode;
  #timer: number | undefined;
  #chord = 0;

  constructor(context: AudioContext) {
    this.#context = context;
    this.#volume = context.createGain();
    this.#volume.gain.value = 0;
    const warmth = context.createBiquadFilter();
    warmth.type = "lowpass";
    warmth.frequency.value = 1_400;
    this.#volume.connect(warmth).connect(context.destination);
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#fadeTo(LOUDNESS);
    this.#play();
    this.#timer = window.setInterval(() => this.#play(), CHORD_S * 1_000);
  }

  /** Gone within a moment: the answer must not be talked over. */
  stop(): void {
    window.clearInterval(this.#timer);
    this.#timer = undefined;
    this.#fadeTo(0);
  }

  #fadeTo(gain: number): void {
    this.#volume.gain.setTargetAtTime(gain, this.#context.currentTime, gain === 0 ? 0.03 : 0.8);
  }

  #play(): void {
    const start = this.#context.currentTime + 0.05;
    const tones = CHORDS[this.#chord % CHORDS.length] ?? [];
    this.#chord += 1;
    for (const [index, semitones] of tones.entries()) {
      const tone = this.#context.createOscillator();
      const envelope = this.#context.createGain();
      tone.type = index === 0 ? "triangle" : "sine";
      tone.frequency.value = 220 * 2 ** (semitones / 12);
      envelope.gain.setValueAtTime(0, start);
      envelope.gain.linearRampToValueAtTime(1 / (index + 2), start + FADE_S * 0.6 + index * 0.15);
      envelope.gain.linearRampToValueAtTime(0, start + CHORD_S + FADE_S);
      tone.connect(envelope).connect(this.#volume);
      tone.start(start);
      tone.stop(start + CHORD_S + FADE_S);
    }
  }
}
