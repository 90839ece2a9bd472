// The launcher for other people's pages. No dependency, no global but `Warmline`.

import { Launcher } from "./launcher";
import { givenByCall, givenByScript, settingsOf, type Given } from "./settings";

/** Under which a page that loads the script twice finds the first; an element with the id `Warmline` is no launcher. */
const RUNNING = Symbol.for("warmline.launcher");

interface Running {
  readonly again: (given: Given) => void;
}

function complain(what: string): void {
  console.error(`Warmline: ${what}`);
}

function start(byScript: Given): Running {
  // What a site set before the script was there.
  const before: unknown = Reflect.get(window, "Warmline");
  const byPage = before instanceof Node ? {} : givenByCall((before as { settings?: unknown } | undefined)?.settings);
  let given: Given = { ...byScript, ...byPage };
  let launcher: Launcher | null = null;
  let isReady = document.readyState !== "loading";

  const apply = (more: Given): void => {
    given = { ...given, ...more };
    if (!isReady) return;
    const settings = settingsOf(given);
    if (typeof settings === "string") return complain(settings);
    if (launcher !== null) {
      if (JSON.stringify(settings) === JSON.stringify(launcher.settings)) return launcher.attach();
      if (launcher.isLive) return complain("a call is on; other settings count after it.");
      launcher.remove();
    }
    launcher = new Launcher(settings);
  };
  const wanted = (act: (present: Launcher) => void): void => {
    if (launcher === null) complain("there is nothing to open yet: give organisation and queue first.");
    else act(launcher);
  };

  Object.assign(window, {
    Warmline: {
      open: () => wanted((present) => present.open()),
      minimise: () => wanted((present) => present.minimise()),
      configure: (settings: unknown) => apply(givenByCall(settings)),
    },
  });
  const begin = (): void => {
    isReady = true;
    apply({});
  };
  // Also heard by those whose tag manager dropped the attributes: a launcher that does not come says why.
  if (isReady) begin();
  else document.addEventListener("DOMContentLoaded", begin, { once: true });
  return { again: apply };
}

const byScript = givenByScript();
const running = Reflect.get(window, RUNNING) as Running | undefined;
if (running === undefined) Reflect.set(window, RUNNING, start(byScript));
else running.again(byScript);
