// What is heard and how loud the customer speaks: the agent's voice, the microphone's level, music while waiting.

import { Music } from "./music";

export class Sound {
  readonly #voice = new Audio();
  readonly #blocked: (isBlocked: boolean) => void;
  #context: AudioContext | null = null;
  #music: Music | null = null;
  #meter: { readonly source: MediaStreamAudioSourceNode; readonly analyser: AnalyserNode } | null = null;
  readonly #samples = new Float32Array(1_024);

  constructor(blocked: (isBlocked: boolean) => void) {
    this.#voice.autoplay = true;
    this.#blocked = blocked;
  }

  /** Plays the agent's voice; a browser that wants a tap first is reported. */
  hear(stream: MediaStream | null): void {
    this.#voice.srcObject = stream;
    if (stream === null) this.#blocked(false);
    else this.play();
  }

  play(): void {
    void this.#context?.resume();
    this.#voice.play().then(
      () => this.#blocked(false),
      (error: unknown) => {
        // Replaced or removed while starting is not a refusal.
        if (error instanceof DOMException && error.name === "NotAllowedError") this.#blocked(true);
      },
    );
  }

  setMusic(isWanted: boolean): void {
    if (isWanted) {
      this.#music ??= new Music(this.context());
      this.#music.start();
    } else {
      this.#music?.stop();
    }
  }

  /** Measures this microphone from now on, or none. */
  listenTo(stream: MediaStream | null): void {
    this.#meter?.source.disconnect();
    this.#meter = null;
    if (stream === null) return;
    const context = this.context();
    const source = context.createMediaStreamSource(stream);
    const analyser = context.createAnalyser();
    analyser.fftSize = this.#samples.length;
    source.connect(analyser);
    this.#meter = { source, analyser };
  }

  /** 0–1 over −60 to −10 dBFS, where speech lies. */
  level(): number {
    if (this.#meter === null) return 0;
    this.#meter.analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    const dbfs = 10 * Math.log10(power + 1e-12);
    return Math.min(1, Math.max(0, (dbfs + 60) / 50));
  }

  /** Made when it is first needed; a browser that has seen no tap yet keeps it silent. */
  context(): AudioContext {
    this.#context ??= new AudioContext({ latencyHint: "interactive" });
    void this.#context.resume();
    return this.#context;
  }
}
