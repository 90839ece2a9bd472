// The launcher's looks. `:host` starts from nothing, so the host's fonts and resets do not leak in.

export const css = `
:host { all: initial; position: fixed; z-index: 2147483000; right: 20px; bottom: 20px; color-scheme: light dark;
  font: 600 15px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", sans-serif; }
:host([data-left]) { right: auto; left: 20px; }
@media print { :host { display: none; } }
[hidden] { display: none !important; }
button { display: flex; align-items: center; gap: 10px; min-height: 52px; max-width: calc(100vw - 40px); padding: 0 22px 0 18px;
  border: 0; border-radius: 26px; background: var(--accent); color: var(--on-accent); font: inherit; cursor: pointer;
  font-variant-numeric: tabular-nums; box-shadow: 0 2px 6px rgb(0 0 0/.16), 0 10px 28px rgb(0 0 0/.2); }
button:hover { filter: brightness(1.06); }
button:focus-visible { outline: 3px solid var(--on-accent); outline-offset: -6px; }
button[data-live]::after { content: ""; width: 9px; height: 9px; border-radius: 50%; background: currentcolor; animation: live 1.6s ease-in-out infinite alternate; }
@keyframes live { to { opacity: .3; } }
svg { width: 20px; height: 20px; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.panel { width: 380px; height: min(680px, calc(100vh - 40px)); height: min(680px, calc(100dvh - 40px)); overflow: hidden; border-radius: 18px;
  box-shadow: 0 2px 8px rgb(0 0 0/.14), 0 18px 56px rgb(0 0 0/.28); background: Canvas; animation: rise 160ms ease-out; }
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
iframe { display: block; width: 100%; height: 100%; border: 0; }
@media (max-width: 480px) {
  .panel { position: fixed; inset: 0; width: 100%; height: 100%; border-radius: 0; }
}
@media (prefers-reduced-motion: reduce) { button::after, .panel { animation: none !important; } }
`;
