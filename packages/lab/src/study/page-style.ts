/** The study page's style: quiet, neutral colours beside the pictures, both colour schemes, from 320 pixels up. @module */

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --card: #ffffff; --line: #d5d9e0; --text: #1b222c; --soft: #545f6e;
  --accent: #2457c5; --on-accent: #ffffff; --picture: #e9ebee; --wash: #eef3fd; --problem: #a3200d;
  --shadow: 0 1px 2px rgb(20 30 50 / 6%), 0 8px 28px rgb(20 30 50 / 7%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121519; --card: #1b2027; --line: #3a424d; --text: #e7eaef; --soft: #a6afbc;
    --accent: #8fb3ff; --on-accent: #0c1526; --picture: #262c35; --wash: #223049; --problem: #ffa694;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; background: var(--ground); color: var(--text);
  font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif;
}
main {
  max-width: 980px; min-height: 100vh; min-height: 100dvh; margin: 0 auto; padding: 24px 20px;
  display: flex; flex-direction: column; justify-content: center;
}
.card { background: var(--card); border-radius: 16px; box-shadow: var(--shadow); padding: 24px 36px 28px; }
.card.text { width: 100%; max-width: 640px; margin: 0 auto; padding: 36px 44px 40px; }
h1 { font-size: 1.6rem; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; margin: 0 0 0.7em; text-wrap: balance; }
h1:focus { outline: none; }
p, ul { margin: 0 0 1em; }
ul { padding-left: 1.2em; }
li { margin-bottom: 0.35em; }
.consent { color: var(--soft); font-size: 0.92rem; border-left: 3px solid var(--line); padding-left: 14px; margin-top: 1.4em; white-space: pre-line; }
header { text-align: center; }
header h1 { font-size: clamp(1.2rem, 1rem + 1.3vw, 1.6rem); margin: 0 0 20px; }
.question { color: var(--soft); margin: 18px 0 4px; }
.progress { display: flex; align-items: center; gap: 16px; color: var(--soft); font-size: 0.86rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
progress { flex: 1; height: 6px; appearance: none; border: 0; border-radius: 3px; overflow: hidden; background: var(--picture); color: var(--accent); }
progress::-webkit-progress-bar { background: var(--picture); }
progress::-webkit-progress-value { background: var(--accent); border-radius: 3px; transition: width 0.25s; }
progress::-moz-progress-bar { background: var(--accent); border-radius: 3px; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 24px; max-width: min(100%, calc((100dvh - 330px) * 2 + 24px)); min-width: min(100%, 424px); margin: 0 auto; }
.ranking { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 190px), 1fr)); gap: 18px; }
button, a.primary { font: inherit; color: inherit; cursor: pointer; -webkit-tap-highlight-color: transparent; touch-action: manipulation; }
.tile { position: relative; display: block; width: 100%; aspect-ratio: 1; padding: 0; border: 2px solid var(--line); border-radius: 12px; background: var(--picture); overflow: hidden; transition: border-color 0.12s, box-shadow 0.12s; }
.tile img { display: block; width: 100%; height: 100%; object-fit: contain; user-select: none; transition: opacity 0.15s; }
.tile:disabled { cursor: default; }
.tile:disabled img { opacity: 0; }
.tag { position: absolute; left: 10px; top: 10px; display: block; line-height: 1; }
.tag kbd { min-width: 28px; padding: 5px 8px; font-size: 0.9rem; box-shadow: 0 1px 3px rgb(0 0 0 / 25%); }
.badge { position: absolute; right: 10px; top: 10px; padding: 6px 12px; border-radius: 999px; background: var(--accent); color: var(--on-accent); font-weight: 650; font-size: 0.9rem; line-height: 1.2; box-shadow: 0 1px 3px rgb(0 0 0 / 25%); }
.badge:empty { display: none; }
.tile.chosen, .quiet.chosen { border-color: var(--accent); box-shadow: 0 0 0 3px var(--accent); }
@media (hover: hover) {
  .tile:enabled:hover, .quiet:enabled:hover { border-color: var(--accent); }
  .primary:enabled:hover, a.primary:hover { filter: brightness(1.08); }
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
footer { display: flex; flex-wrap: wrap; justify-content: center; gap: 12px; margin-top: 24px; }
.text footer { justify-content: flex-start; }
.quiet, .primary { min-height: 48px; padding: 10px 20px; border-radius: 10px; line-height: 1.3; }
.quiet { background: transparent; border: 1px solid var(--line); }
.quiet:disabled { color: var(--soft); opacity: 0.6; cursor: default; }
.primary { background: var(--accent); color: var(--on-accent); border: 1px solid transparent; font-weight: 600; }
.primary:disabled { background: var(--picture); color: var(--soft); cursor: default; }
a.primary { display: inline-flex; align-items: center; text-decoration: none; }
kbd { display: inline-block; min-width: 22px; padding: 2px 6px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--soft); font: 600 0.78rem/1.3 system-ui, "Liberation Sans", sans-serif; text-align: center; }
.primary kbd { background: transparent; color: inherit; border-color: currentcolor; opacity: 0.75; margin-left: 6px; }
.quiet kbd { margin-left: 6px; }
.start { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; margin-top: 26px; }
.start label { flex-basis: 100%; font-weight: 600; }
input { font: inherit; width: 9em; min-height: 48px; padding: 8px 14px; border: 1px solid var(--soft); border-radius: 10px; background: var(--card); color: var(--text); }
.status { min-height: 1.6em; margin: 16px 0 0; text-align: center; color: var(--problem); font-size: 0.92rem; }
.problem { color: var(--problem); margin: 0; }
.problem:empty { display: none; }
#saved { color: var(--soft); margin: 0; }
@media (max-width: 640px) {
  body { font-size: 16px; }
  main { padding: 0; justify-content: flex-start; }
  .card, .card.text { border-radius: 0; box-shadow: none; padding: 16px 16px 20px; background: transparent; }
  .card.text { padding: 28px 20px; }
  .question { margin: 10px 0 2px; font-size: 0.95rem; }
  header h1 { margin-bottom: 12px; }
  .ranking { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; }
  .pair { gap: 12px; min-width: 0; }
  footer { margin-top: 14px; }
  footer > button { flex: 1 1 auto; padding: 10px 12px; }
  .status { margin: 4px 16px 12px; }
}
@media (max-width: 640px) and (orientation: portrait) {
  .pair { grid-template-columns: min(100%, calc((100dvh - 290px) / 2)); justify-content: center; }
}
@media (hover: none) { .tag kbd { box-shadow: none; } footer kbd, .keys { display: none; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media (forced-colors: active) { .tile.chosen, .quiet.chosen { outline: 4px solid Highlight; } }
`;
