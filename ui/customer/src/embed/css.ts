// The launcher's looks. An important rule of `:host` goes before every rule of the site's, important or not (CSS
// Cascade 5, section 6.1), and `all` takes back what the site's own rules gave; custom properties stand inside.

export const css = `
:host { all: initial !important; display: block !important; position: fixed !important; z-index: 2147483647 !important;
  inset: auto 20px 20px auto !important; width: auto !important; height: auto !important; margin: 0 !important;
  overflow: visible !important; direction: ltr !important; color-scheme: light dark !important; }
:host([data-left]) { inset: auto auto 20px 20px !important; }
@media print { :host { display: none !important; } }
[hidden] { display: none !important; }
* { box-sizing: border-box; }
.shell { font: 600 15px/1.3 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", sans-serif; }
button { font: inherit; cursor: pointer; border: 0; }
.knob { display: flex; align-items: center; gap: 10px; min-height: 52px; max-width: calc(100vw - 40px); padding: 0 22px 0 18px;
  border-radius: 26px; background: var(--accent); color: var(--on-accent); font-variant-numeric: tabular-nums;
  box-shadow: 0 2px 6px rgb(0 0 0/.16), 0 10px 28px rgb(0 0 0/.2); }
.knob:hover, .main:hover { filter: brightness(1.06); }
.knob[data-live]::after { content: ""; width: 9px; height: 9px; border-radius: 50%; background: currentcolor; animation: live 1.6s ease-in-out infinite alternate; }
@keyframes live { to { opacity: .3; } }
svg { width: 20px; height: 20px; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.panel { position: static; display: none; flex-direction: column; width: 380px; max-width: calc(100vw - 40px); margin: 0; padding: 0; border: 0;
  height: min(680px, calc(100vh - 40px)); height: min(680px, calc(100dvh - 40px)); max-height: none; overflow: hidden; border-radius: 18px;
  box-shadow: 0 2px 8px rgb(0 0 0/.14), 0 18px 56px rgb(0 0 0/.28); background: Canvas; color: CanvasText; animation: rise 160ms ease-out; }
.panel[open] { display: flex; }
.panel:modal { position: fixed; inset: auto 20px 20px auto; }
:host([data-left]) .panel:modal { inset: auto auto 20px 20px; }
.panel::backdrop { background: none; }
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
iframe { flex: 1; min-height: 0; width: 100%; border: 0; color-scheme: normal; }
.bar { display: flex; align-items: center; justify-content: space-between; min-height: 64px; padding: 8px 10px 8px 20px;
  padding-top: max(8px, env(safe-area-inset-top)); background: var(--accent); color: var(--on-accent); }
[data-state="up"] .bar, [data-state="up"] .note { display: none; }
.close { width: 44px; height: 44px; border-radius: 10px; background: none; color: inherit; font-size: 26px; line-height: 1; }
button:focus-visible, .main:focus-visible, .plain:focus-visible { outline: 3px solid; outline-offset: -6px; }
.note { flex: 1; display: flex; flex-direction: column; justify-content: center; gap: 12px; padding: 24px; text-align: center; }
.note p { margin: 0 0 8px; font-size: 17px; text-wrap: balance; }
.main, .plain { display: block; width: 100%; min-height: 48px; padding: 13px 16px; border-radius: 12px; text-decoration: none; }
.main { background: var(--accent); color: var(--on-accent); }
.plain { background: none; color: inherit; border: 1px solid color-mix(in srgb, CanvasText 38%, Canvas); }
@media (max-width: 480px) {
  .panel[open] { position: fixed; inset: 0 !important; width: 100%; max-width: none; height: 100%; border-radius: 0; }
}
@media (prefers-reduced-motion: reduce) { .knob::after, .panel { animation: none !important; } }
`;
