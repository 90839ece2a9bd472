// Chooses the bridge. The scripted one exists only in builds made with `--mode fake` and in tests.
import type { Bridge } from "./bridge";

export async function openBridge(): Promise<Bridge> {
  if (__FAKE__) {
    const query = new URLSearchParams(location.search);
    if (query.has("fake")) {
      const { fakeBridge } = await import("./fake");
      return fakeBridge(query);
    }
  }
  const { tauriBridge } = await import("./tauri");
  return tauriBridge;
}
