// Chromium as the customer's browser, and a second page of it as the agent's side of the media.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { build } from "vite";
import type { Stand } from "./stand";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];

/** `CHROMIUM` names another browser than Debian's. */
export function launch(without: readonly string[] = [], more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...FLAGS.filter((flag) => !without.includes(flag)), ...more],
  });
}

/** The page as it would be shipped, built into a folder of its own. */
export async function buildPage(): Promise<{ dist: string; remove: () => Promise<void> }> {
  const dist = await mkdtemp(join(tmpdir(), "warmline-customer-"));
  const root = resolve(import.meta.dirname, "..");
  const quiet = { root, logLevel: "error" as const, build: { outDir: dist } };
  await build({ ...quiet, configFile: join(root, "vite.config.ts") });
  await build({ ...quiet, configFile: join(root, "vite.embed.config.ts") });
  return { dist, remove: () => rm(dist, { recursive: true, force: true }) };
}

export async function visit(
  browser: Browser,
  stand: Stand,
  options: BrowserContextOptions = {},
  path = "/c/demo/support",
): Promise<{ page: Page; context: BrowserContext; errors: string[] }> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/WebSocket|ERR_CONNECTION/.test(message.text())) errors.push(message.text());
  });
  // Every peer connection of the page, so that a test can ask what really arrives.
  await page.addInitScript(() => {
    const made: RTCPeerConnection[] = [];
    Object.assign(window, { peers: made });
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        made.push(this);
      }
    };
  });
  await page.goto(stand.address + path);
  return { page, context, errors };
}

/** Waits until the page stands in this stage. */
export function inStage(page: Page, stage: string): Promise<unknown> {
  return page.waitForSelector(`[data-stage="${stage}"]`, { timeout: 10_000 });
}

/** Audio packets that the page's newest live connection has received. */
export function packetsHeard(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { peers } = window as unknown as { peers: RTCPeerConnection[] };
    const live = peers.filter((peer) => peer.connectionState === "connected").at(-1);
    let packets = 0;
    for (const entry of (await live?.getStats())?.values() ?? []) {
      if (entry.type === "inbound-rtp") packets += entry.packetsReceived ?? 0;
    }
    return packets;
  });
}

/** The agent's desktop, as far as media goes: it offers, and hears what the customer's page sends. */
export class AgentMedia {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(browser: Browser, stand: Stand): Promise<AgentMedia> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${stand.address}/agent`);
    return new AgentMedia(page);
  }

  /** Offers media number `media`; without `isRestart` on a new connection. Complete with candidates. */
  async offer(isRestart = false): Promise<string> {
    return this.#page.evaluate(async (restart) => {
      const place = window as unknown as { peer?: RTCPeerConnection; voice?: HTMLAudioElement };
      if (!restart) {
        place.peer?.close();
        place.peer = new RTCPeerConnection();
        // Only what is played is decoded, and only then has it an energy.
        place.voice = new Audio();
        place.voice.autoplay = true;
        place.peer.ontrack = ({ track }) => {
          if (place.voice !== undefined) place.voice.srcObject = new MediaStream([track]);
        };
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
        for (const track of stream.getTracks()) place.peer.addTrack(track, stream);
      }
      const { peer } = place;
      if (peer === undefined) throw new Error("no connection to restart");
      await peer.setLocalDescription(await peer.createOffer({ iceRestart: restart }));
      if (peer.iceGatheringState !== "complete") {
        await new Promise<void>((resolve) => {
          peer.onicegatheringstatechange = () => {
            if (peer.iceGatheringState === "complete") resolve();
          };
        });
      }
      return peer.localDescription?.sdp ?? "";
    }, isRestart);
  }

  async answer(sdp: string): Promise<void> {
    await this.#page.evaluate(async (text) => {
      await (window as unknown as { peer: RTCPeerConnection }).peer.setRemoteDescription({ type: "answer", sdp: text });
    }, sdp);
  }

  async candidate(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#page.evaluate(async (one) => {
      await (window as unknown as { peer: RTCPeerConnection }).peer.addIceCandidate(one).catch(() => undefined);
    }, candidate);
  }

  /** What the agent has heard: the sum of the customer's audio energy. */
  energy(): Promise<number> {
    return this.#page.evaluate(async () => {
      let energy = 0;
      const { peer } = window as unknown as { peer: RTCPeerConnection };
      for (const entry of (await peer.getStats()).values()) {
        if (entry.type === "inbound-rtp") energy += entry.totalAudioEnergy ?? 0;
      }
      return energy;
    });
  }

  hangUp(): Promise<void> {
    return this.#page.evaluate(() => (window as unknown as { peer: RTCPeerConnection }).peer.close());
  }
}

/** Asks again until the figure has grown beyond `floor`. */
export async function growsBeyond(floor: number, figure: () => Promise<number>): Promise<number> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const value = await figure();
    if (value > floor) return value;
    if (Date.now() > deadline) throw new Error(`still ${value}, not beyond ${floor}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}
