// The top layer: our element stands there, above the site's dialogs and full screens, whatever their order; and inside a
// modal dialog there is a twin of the button, because everything outside such a dialog can be seen and not used.

/** A site with another element that wants to be the topmost: the two do not take turns for ever. */
const RAISES_AT_MOST = 10;
const RAISES_WITHIN_MS = 10_000;

/** Puts an element above all that is in the top layer now; elsewhere its own style keeps it in front. */
export function raise(element: HTMLElement): void {
  if (typeof element.showPopover !== "function" || !element.isConnected) return;
  element.popover = "manual";
  if (element.matches(":popover-open")) element.hidePopover();
  element.showPopover();
}

/** Calls when something enters the top layer or leaves it, with the modal dialog that is the topmost now. */
export class TopLayer {
  readonly #changed: (modal: HTMLDialogElement | null, mayRaise: boolean) => void;
  readonly #own: (element: Node) => boolean;
  /** In the order in which they were opened. */
  #modals: readonly HTMLDialogElement[] = [];
  #top: HTMLDialogElement | null = null;
  #raisedAt: readonly number[] = [];

  constructor(own: (element: Node) => boolean, changed: (modal: HTMLDialogElement | null, mayRaise: boolean) => void) {
    this.#own = own;
    this.#changed = changed;
    // It does not bubble and is seen on its way down; `details` have it, too, and are in no layer.
    document.addEventListener("toggle", ({ target }) => {
      if (target instanceof HTMLElement && !own(target) && !(target instanceof HTMLDetailsElement)) this.#look(true);
    }, true);
    document.addEventListener("fullscreenchange", () => this.#look(true));
    // Browsers before 2025 tell of dialogs in no other way. The focus crosses into dialogs within other components.
    new MutationObserver(() => this.#look(false)).observe(document, { subtree: true, attributes: true, attributeFilter: ["open"] });
    document.addEventListener("close", () => this.#look(false), true);
    document.addEventListener("focusin", () => this.#look(false));
  }

  #look(isEntry: boolean): void {
    const open = [...document.querySelectorAll<HTMLDialogElement>("dialog:modal")].filter((one) => !this.#own(one));
    const focused = modalAround(deepestFocus());
    if (focused !== null && !this.#own(focused) && !open.includes(focused)) open.push(focused);
    const before = this.#modals.filter((one) => one.isConnected && one.matches(":modal"));
    this.#modals = [...before, ...open.filter((one) => !before.includes(one))];
    const top = this.#modals.at(-1) ?? null;
    if (!isEntry && top === this.#top) return;
    this.#top = top;
    const now = Date.now();
    this.#raisedAt = this.#raisedAt.filter((at) => now - at < RAISES_WITHIN_MS);
    const mayRaise = this.#raisedAt.length < RAISES_AT_MOST;
    if (mayRaise) this.#raisedAt = [...this.#raisedAt, now];
    this.#changed(top, mayRaise);
  }
}

function deepestFocus(): Element | null {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused;
}

/** The modal dialog around an element, also across the borders of components. */
function modalAround(from: Element | null): HTMLDialogElement | null {
  let element = from;
  while (element !== null) {
    const dialog = element.closest<HTMLDialogElement>("dialog:modal");
    if (dialog !== null) return dialog;
    const root = element.getRootNode();
    element = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}
