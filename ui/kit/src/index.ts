// The kit: what every screen shares and nothing of contact centres.
export { default as Avatar } from "./Avatar.svelte";
export { default as Button } from "./Button.svelte";
export { default as Empty } from "./Empty.svelte";
export { default as Field } from "./Field.svelte";
export { default as IconButton } from "./IconButton.svelte";
export { default as Keys } from "./Keys.svelte";
export { default as Menu } from "./Menu.svelte";
export { default as MenuItem } from "./MenuItem.svelte";
export { default as Meter } from "./Meter.svelte";
export { default as Modal } from "./Modal.svelte";
export { default as Pill } from "./Pill.svelte";
export { default as Progress } from "./Progress.svelte";
export { default as Segmented } from "./Segmented.svelte";
export { default as Switch } from "./Switch.svelte";
