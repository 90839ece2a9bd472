// What can be done now, by name: only deeds that make sense in the present state are offered.
import type { NotReadyReason } from "@warmline/protocol";
import type { Component } from "svelte";
import ArrowRightLeft from "@lucide/svelte/icons/arrow-right-left";
import Circle from "@lucide/svelte/icons/circle";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import Headphones from "@lucide/svelte/icons/headphones";
import ListOrdered from "@lucide/svelte/icons/list-ordered";
import Mic from "@lucide/svelte/icons/mic";
import Pause from "@lucide/svelte/icons/pause";
import Phone from "@lucide/svelte/icons/phone";
import PhoneOff from "@lucide/svelte/icons/phone-off";
import Settings from "@lucide/svelte/icons/settings-2";
import SunMoon from "@lucide/svelte/icons/sun-moon";
import Users from "@lucide/svelte/icons/users";
import Wrench from "@lucide/svelte/icons/wrench";
import type { Key, Params } from "../../i18n";
import { mayAdminister, maySupervise } from "../../model/roles";
import type { Shortcut } from "../../model/shortcuts";
import type { Screen } from "../../screen.svelte";

export type Deed = { name: string; icon: Component<{ size?: number | string }>; shortcut: Shortcut | null; run: () => void };
type Say = (key: Key, params?: Params) => string;

export function paletteDeeds(screen: Screen, t: Say): Deed[] {
  const deed = (name: string, icon: Deed["icon"], run: () => void, shortcut: Shortcut | null = null): Deed => ({ name, icon, run, shortcut });
  const stage = screen.item?.stage.type ?? null;
  const list: Deed[] = [];
  if (stage === "ringing") {
    list.push(deed(t("keys.answer"), Phone, () => screen.accept(), "answer"), deed(t("keys.decline"), PhoneOff, () => screen.decline(), "decline"));
  }
  if (stage === "calling_back") list.push(deed(t("call.back.stop"), PhoneOff, () => screen.hangUp(), "hang_up"));
  if (stage === "talking" || stage === "held") {
    list.push(
      deed(t("keys.mute"), Mic, () => screen.toggleMute(), "mute"), deed(t("keys.hold"), Pause, () => screen.toggleHold(), "hold"),
      deed(t("keys.transfer"), ArrowRightLeft, () => screen.openTransfer(), "transfer"),
      deed(t("keys.hang_up"), PhoneOff, () => screen.hangUp(), "hang_up"),
    );
  }
  list.push(
    deed(t("keys.work"), Headphones, () => screen.go({ type: "work" }), "work"),
    deed(t("keys.customers"), Users, () => screen.go({ type: "customers", query: "" }), "customers"),
    deed(t("keys.devices"), Mic, () => screen.go({ type: "devices" }), "devices"),
    ...(mayAdminister(screen.agent?.me.role) ? [deed(t("keys.administration"), Wrench, () => screen.go({ type: "administration" }), "administration")] : []),
    ...(maySupervise(screen.agent?.me.role) ? [deed(t("keys.line"), ListOrdered, () => screen.go({ type: "line" }), "line")] : []),
    deed(t("settings.title"), Settings, () => (screen.isSettingsOpen = true)),
    deed(t("palette.theme"), SunMoon, () => {
      const isDark = document.documentElement.dataset["theme"] === "dark";
      screen.saveSettings({ theme: isDark ? "light" : "dark" });
    }),
  );
  const isAtWork = (screen.agent?.work.length ?? 0) > 0;
  const pick = (type: "ready" | NotReadyReason) => {
    const state = type === "ready" ? { type } : { type: "not_ready" as const, reason: type };
    if (isAtWork) screen.reserveNext(state);
    else screen.chooseState(state);
  };
  const word = (state: string) => t(isAtWork ? "palette.next" : "palette.state", { state });
  list.push(deed(word(t("state.ready")), Circle, () => pick("ready")));
  for (const reason of ["break", "lunch", "meeting", "training", "admin"] as const) {
    list.push(deed(word(t(`reason.${reason}`)), CirclePause, () => pick(reason)));
  }
  return list;
}
