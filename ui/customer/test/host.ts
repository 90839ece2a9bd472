// Somebody's site: pages of another origin than the server's, with whatever headers and markup a test gives them.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface HostPage {
  /** What stands before the script, in the head. */
  readonly head?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Host {
  readonly #http: Server;
  /** By path; `SERVER` in the markup becomes the server's address. */
  readonly pages = new Map<string, HostPage>();

  private constructor(server: () => string) {
    this.#http = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://host").pathname;
      const page = this.pages.get(path) ?? this.pages.get("*");
      if (page === undefined) return void response.writeHead(404).end();
      const fill = (text: string): string => text.replaceAll("SERVER", server());
      response.setHeader("content-type", "text/html; charset=utf-8");
      for (const [name, value] of Object.entries(page.headers ?? {})) response.setHeader(name, fill(value));
      const { head = "", body = "" } = page;
      response.end(fill(`<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Shop</title>${head}</head><body><h1>Shop</h1>${body}</body></html>`));
    });
  }

  /** Another site than the server's `127.0.0.1`, and a secure context as well. */
  static async open(server: () => string): Promise<Host> {
    const host = new Host(server);
    await new Promise<void>((resolve) => {
      host.#http.listen(0, "127.0.0.1", resolve);
    });
    return host;
  }

  get address(): string {
    return `http://localhost:${(this.#http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}

export const SCRIPT = `<script src="SERVER/embed.js" data-organisation="demo" data-queue="support" async></script>`;
