// Keeps a phone's screen from sleeping, where the browser can: a sleeping page would lose the call.

let lock: WakeLockSentinel | null = null;
let isWanted = false;

export function keepAwake(wanted: boolean): void {
  isWanted = wanted;
  if (wanted) void take();
  else void lock?.release().catch(() => undefined);
}

async function take(): Promise<void> {
  // Missing in older browsers, whatever the type says.
  const wakeLock: WakeLock | undefined = navigator.wakeLock;
  if (wakeLock === undefined || document.visibilityState !== "visible") return;
  try {
    lock = await wakeLock.request("screen");
    if (!isWanted) await lock.release();
  } catch {
    // A low battery or a policy says no; the call goes on without it.
    lock = null;
  }
}

// The browser takes the lock away from hidden pages.
document.addEventListener("visibilitychange", () => {
  if (isWanted) void take();
});
