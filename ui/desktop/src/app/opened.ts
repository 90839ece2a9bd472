// For tests: the whole screen over the scripted bridge, opened in a scenario, looked at and pressed.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeAll, expect, vi } from "vitest";
import { Fake } from "../bridge/fake";
import type { Scenario } from "../bridge/fake/scenarios";
import { Screen } from "../screen.svelte";
import App from "./App.svelte";

beforeAll(() => {
  // What jsdom lacks and the components ask for; none of it decides anything here.
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  Element.prototype.scrollIntoView = () => undefined;
  HTMLCanvasElement.prototype.getContext = () => null;
});

/** Until it holds; long enough for a machine that is busy with other things. */
export const until = <T>(holds: () => T) => vi.waitFor(holds, { timeout: 20_000, interval: 20 });

let close: (() => Promise<void>) | null = null;
afterEach(async () => {
  await close?.();
  close = null;
});

export async function open(scenario: Scenario) {
  const fake = new Fake(scenario);
  const screen = new Screen(fake);
  const target = document.body.appendChild(document.createElement("div"));
  const app = mount(App, { target, props: { screen } });
  const stop = await screen.start();
  close = async () => {
    stop();
    await unmount(app, { outro: false });
    target.remove();
  };
  flushSync();
  return { fake, screen, admin: screen.administration };
}

export const one = (selector: string) => document.querySelector<HTMLElement>(selector);
export const seen = (id: string) => one(`[data-testid="${id}"]`);
/** Presses a control once it is there and enabled; `within` is a selector of what it stands in. */
export async function press(id: string, within = "") {
  const element = await until(() => one(`${within} [data-testid="${id}"]`) ?? expect.fail(`${id} is not on the screen`));
  await until(() => expect(element.hasAttribute("disabled"), id).toBe(false));
  element.click();
  flushSync();
}
export const sees = (id: string) => until(() => expect(seen(id), id).not.toBeNull());
export const loses = (id: string) => until(() => expect(seen(id), id).toBeNull());
export const asks = (fake: Fake, type: string) => until(() => expect(fake.asked.map((command) => command.type)).toContain(type));
export const root = () => document.querySelector<HTMLElement>("[data-screen]")?.dataset;

/** Takes the screen away before the test ends, to open another one. */
export const closeNow = async () => {
  await close?.();
  close = null;
};
