// Where the focus goes when the button that had it is gone with what it removed.

const FOCUSABLE = "button:not([disabled]), input, select, textarea, [tabindex='0']";

/** Does it, and if the focus was lost by it, gives it to what stands in the same place now. */
export function keepingFocus(event: Event, run: () => void): void {
  const button = event.currentTarget;
  const home = button instanceof HTMLElement ? button.closest("fieldset, section") : null;
  const all = () => [...(home?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter((one) => one.offsetParent !== null);
  const index = all().findIndex((one) => one === button);
  run();
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    const left = all();
    left[Math.min(Math.max(index, 0), left.length - 1)]?.focus();
  });
}
