// Keys that work everywhere. Enter and single letters are never among them, so that typing can not answer a call.
import { mayAdminister, maySupervise } from "../model/roles";
import { shortcutOf } from "../model/shortcuts";
import type { Screen } from "../screen.svelte";

export function actOn(event: KeyboardEvent, screen: Screen): void {
  if (event.key === "Escape" && !event.isComposing && screen.isSideOpen && !event.defaultPrevented) {
    screen.isSideOpen = false;
    return;
  }
  const shortcut = shortcutOf({
    key: event.key, code: event.code, ctrlKey: event.ctrlKey, altKey: event.altKey, shiftKey: event.shiftKey, metaKey: event.metaKey,
    repeat: event.repeat, isAltGraph: event.getModifierState("AltGraph"),
  });
  if (shortcut === null || screen.desktop?.session.type !== "signed_in") return;
  event.preventDefault();
  switch (shortcut) {
    case "answer":
      return screen.accept();
    case "decline":
      return screen.decline();
    case "mute":
      return screen.toggleMute();
    case "hold":
      return screen.toggleHold();
    case "transfer":
      return screen.openTransfer();
    case "recording":
      return screen.toggleRecording();
    case "hang_up":
      return screen.hangUp();
    case "note":
      screen.go({ type: "work" });
      return void requestAnimationFrame(() => document.querySelector<HTMLTextAreaElement>("[data-note]")?.focus());
    case "palette":
      screen.isPaletteOpen = !screen.isPaletteOpen;
      return;
    case "administration":
      if (mayAdminister(screen.agent?.me.role)) screen.go({ type: "administration" });
      return;
    case "line":
      if (maySupervise(screen.agent?.me.role)) screen.go({ type: "line" });
      return;
    case "work":
    case "devices":
      return screen.go({ type: shortcut });
    case "customers":
      return screen.go({ type: "customers", query: "" });
  }
}
