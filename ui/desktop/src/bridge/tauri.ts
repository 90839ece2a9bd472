// The bridge to the native process through Tauri: the command `dispatch` and the event `desktop`.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { DesktopEvent, DesktopReply } from "@warmline/protocol";
import { asReason, Refused, type Bridge } from "./bridge";

export const tauriBridge: Bridge = {
  async dispatch(command) {
    try {
      return await invoke<DesktopReply>("dispatch", { command });
    } catch (thrown) {
      throw new Refused(asReason(thrown));
    }
  },
  listen(heard) {
    return listen<DesktopEvent>("desktop", (event) => heard(event.payload));
  },
};
