// The WebSocket to the server: hello, heartbeats, reconnect. It knows frames, and nothing of what they mean.

import { HEARTBEAT_MS, LEASE_MS, LINK_VERSION, type ClientFrame, type ServerFrame } from "@warmline/protocol";
import { retryDelayMs } from "../model/pace";

/** A connection attempt that takes longer than this is given up. */
const CONNECT_TIMEOUT_MS = 5_000;
const CLIENT = "customer-page/0.1.0";

export interface LinkEvents {
  readonly hello: () => { organisation: string; queue: string; visitor: string | null; site: string | null };
  readonly frame: (frame: ServerFrame) => void;
  readonly down: () => void;
}

export class Link {
  readonly #url: string;
  readonly #events: LinkEvents;
  #socket: WebSocket | null = null;
  #retry: number | undefined;
  #isWanted = false;
  #failures = 0;
  #attempt = "";
  #heardAt = 0;
  #saidAt = 0;

  constructor(url: string, events: LinkEvents) {
    this.#url = url;
    this.#events = events;
    window.setInterval(() => this.#check(), 500);
    const soon = (): void => this.#hurry();
    window.addEventListener("online", soon);
    window.addEventListener("pageshow", soon);
    document.addEventListener("visibilitychange", soon);
  }

  /** The newest try's name, by which the server says what it saw of it. */
  get attempt(): string {
    return this.#attempt;
  }

  open(): void {
    this.#isWanted = true;
    this.#connect();
  }

  /** Leaves for good; `relink` or `open` come back. */
  close(): void {
    this.#isWanted = false;
    window.clearTimeout(this.#retry);
    this.#drop();
  }

  /** A new socket, after the server's wish or, with `null`, the usual pause. */
  relink(afterMs: number | null): void {
    this.#isWanted = true;
    this.#drop();
    if (afterMs === null) this.#failures += 1;
    this.#later(afterMs ?? retryDelayMs(this.#failures, Math.random()));
    this.#events.down();
  }

  /** A welcome came: the next failure starts counting from the beginning. */
  settled(): void {
    this.#failures = 0;
  }

  send(frame: ClientFrame): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#saidAt = Date.now();
    this.#socket.send(JSON.stringify(frame));
  }

  #connect(): void {
    window.clearTimeout(this.#retry);
    this.#drop();
    this.#attempt = newAttempt();
    const socket = new WebSocket(`${this.#url}?try=${this.#attempt}`);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.onopen = () => {
      this.#heardAt = Date.now();
      this.send({ type: "hello", version: LINK_VERSION, client: CLIENT, who: { type: "customer", ...this.#events.hello() } });
    };
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = () => this.#lost();
  }

  #hear(data: unknown): void {
    this.#heardAt = Date.now();
    // Answering the server's heartbeat keeps a hidden tab alive whose own timers the browser slows to one a minute.
    if (this.#heardAt - this.#saidAt >= HEARTBEAT_MS / 2) this.send({ type: "heartbeat" });
    const frame = readFrame(data);
    if (frame !== null) this.#events.frame(frame);
  }

  #check(): void {
    const socket = this.#socket;
    if (socket === null) return;
    const silence = Date.now() - this.#heardAt;
    const limit = socket.readyState === WebSocket.CONNECTING ? CONNECT_TIMEOUT_MS : LEASE_MS;
    if (silence > limit) this.#lost();
    else if (Date.now() - this.#saidAt >= HEARTBEAT_MS) this.send({ type: "heartbeat" });
  }

  #lost(): void {
    this.#drop();
    if (!this.#isWanted) return;
    this.#later(retryDelayMs(this.#failures, Math.random()));
    this.#failures += 1;
    this.#events.down();
  }

  #later(afterMs: number): void {
    window.clearTimeout(this.#retry);
    this.#retry = window.setTimeout(() => this.#connect(), afterMs);
  }

  /** The network or the page came back: no reason to sit out the pause. */
  #hurry(): void {
    if (this.#isWanted && this.#socket === null && document.visibilityState === "visible") this.#connect();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

function newAttempt(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The frame, if it is one: an object with a `type`. A newer server may send types that this page does not know. */
function readFrame(data: unknown): ServerFrame | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    const isFrame = typeof value === "object" && value !== null && "type" in value;
    return isFrame ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
