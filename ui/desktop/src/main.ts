// Starts the desktop's screen: opens the bridge, takes the state, mounts the app.
import "@fontsource-variable/inter/wght.css";
import "@warmline/kit/tokens.css";
import "@warmline/kit/base.css";
import { mount } from "svelte";
import App from "./app/App.svelte";
import { openBridge } from "./bridge";
import { Screen } from "./screen.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no element #app");

// Asked for early, so that the first words already stand in their own face.
void document.fonts.load('1em "Inter Variable"');
const screen = new Screen(await openBridge());
mount(App, { target, props: { screen } });
await screen.start();
