// A stand-in for the server: hands out the built page and speaks the link, as the test tells it to.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { ClientFrame, CustomerDelta, CustomerStage, CustomerView, Desk, HelloAs, ServerFrame, Signal } from "@warmline/protocol";
import { WebSocketServer, type WebSocket } from "ws";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

const WAIT_MS = 10_000;

export class Stand {
  readonly frames: ClientFrame[] = [];
  /** What the next welcome shows. */
  view: CustomerView = {
    visitor: "visitor-1",
    organisation_name: "Northwind Telecom",
    queue_name: "Support",
    known_name: null,
    desk: { is_closed: false, is_full: false, opening: null, opens_at: null, expected_wait_ms: null },
    recording: "off",
    stage: { type: "idle" },
  };
  /** Answers a hello with this instead of a welcome. */
  insteadOfWelcome: ServerFrame | null = null;
  onSignal: (signal: Signal) => void = () => undefined;
  /** Decides on a command; by default everything is acknowledged. */
  onCommand: (frame: ClientFrame & { type: "customer" }) => void = (frame) => this.send({ type: "ack", id: frame.id });
  /** Before the welcome. */
  onHello: (who: HelloAs) => void = () => undefined;
  isAccepting = true;
  /** As `customer.framing_allowed_from`. */
  framingAllowedFrom = "*";
  /** What the check says of the page and of a failed link. */
  check: { page: string; is_framing_allowed: boolean; link: string } = { page: "ready", is_framing_allowed: true, link: "nothing" };
  /** Where a proxy puts everything. */
  base = "";
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #watchers = new Set<() => void>();
  #socket: WebSocket | null = null;
  #seq = 0;

  private constructor(dist: string, hostPage: string) {
    this.#http = createServer((request, response) => {
      const whole = new URL(request.url ?? "/", "http://stand").pathname;
      if (!whole.startsWith(this.base)) return void response.writeHead(404).end();
      const path = whole.slice(this.base.length);
      if (path.endsWith("/check")) {
        const open = { "access-control-allow-origin": "*", "content-type": "application/json" };
        return void response.writeHead(200, open).end(JSON.stringify(this.check));
      }
      for (const [name, value] of Object.entries(this.#headers(path))) response.setHeader(name, value);
      const hosted = path === "/host" ? hostPage : path === "/agent" ? "<!doctype html>" : null;
      if (hosted !== null) return void response.setHeader("content-type", "text/html").end(hosted);
      const file = path === "/embed.js" ? path : path.startsWith("/c/assets/") ? path.slice(2) : "/index.html";
      readFile(join(dist, file)).then(
        (body) => response.setHeader("content-type", TYPES[extname(file)] ?? "text/plain").end(body),
        () => response.writeHead(404).end(),
      );
    });
    this.#sockets = new WebSocketServer({ noServer: true });
    this.#http.on("upgrade", (request, socket, head) => {
      const isLink = request.url?.startsWith(`${this.base}/v1/link?try=`) === true;
      if (!isLink) return void socket.destroy();
      this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#greet(opened));
    });
  }

  /** As the real server's. */
  #headers(path: string): Record<string, string> {
    const open = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" };
    if (path === "/embed.js") return open;
    if (!/^\/c\/[^/]+\/[^/]+$/.test(path) || path.startsWith("/c/assets/")) return {};
    const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' blob: data: mediastream:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
    return {
      "content-security-policy": `${policy}; frame-ancestors ${this.framingAllowedFrom}`,
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "cross-origin",
    };
  }

  static async open(dist: string, hostPage = ""): Promise<Stand> {
    const stand = new Stand(dist, hostPage);
    await new Promise<void>((resolve) => {
      stand.#http.listen(0, "127.0.0.1", resolve);
    });
    return stand;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}${this.base}`;
  }

  get isLinked(): boolean {
    return this.#socket !== null;
  }

  /** A welcome, or what stands in for it. */
  welcome(): void {
    this.#seq = 10;
    this.send(
      this.insteadOfWelcome ?? {
        type: "welcome",
        version: 1,
        server: "stand",
        now: Date.now(),
        seq: this.#seq,
        view: { type: "customer", view: this.view },
      },
    );
  }

  /** The next numbered delta. */
  stage(stage: CustomerStage): void {
    this.view = { ...this.view, stage };
    this.#delta({ type: "stage", stage });
  }

  desk(desk: Desk): void {
    this.view = { ...this.view, desk };
    this.#delta({ type: "desk", desk });
  }

  #delta(delta: CustomerDelta): void {
    this.#seq += 1;
    this.send({ type: "delta", seq: this.#seq, delta: { type: "customer", delta } });
  }

  send(frame: ServerFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** As a killed server: the connection is gone and nobody listens until `revive`. */
  kill(): void {
    this.isAccepting = false;
    this.#socket?.terminate();
    this.#socket = null;
  }

  revive(): void {
    this.isAccepting = true;
  }

  /** The first frame, from `from` on, that fits. */
  async heard<Frame extends ClientFrame>(fits: (frame: ClientFrame) => frame is Frame, from = 0): Promise<Frame> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const found = this.frames.slice(from).find(fits);
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`not heard; heard: ${JSON.stringify(this.frames.slice(from))}`);
      await this.#more(deadline - Date.now());
    }
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #more(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.#watchers.add(done);
    });
  }

  #greet(socket: WebSocket): void {
    if (!this.isAccepting) return socket.terminate();
    this.#socket = socket;
    const beat = setInterval(() => socket.send(JSON.stringify({ type: "heartbeat", now: Date.now() })), 1_500);
    socket.on("close", () => clearInterval(beat));
    socket.on("message", (data) => this.#hear(JSON.parse(String(data)) as ClientFrame));
  }

  #hear(frame: ClientFrame): void {
    this.frames.push(frame);
    if (frame.type === "hello") {
      this.onHello(frame.who);
      this.welcome();
    }
    if (frame.type === "customer") this.onCommand(frame);
    if (frame.type === "signal") this.onSignal(frame.signal);
    for (const watcher of [...this.#watchers]) watcher();
  }
}
