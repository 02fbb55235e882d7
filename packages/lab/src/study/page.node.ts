/** The study's page: one HTML text with style and script inside, and nothing from elsewhere. @module */
import { createHash } from "node:crypto";
import { CLIENT, type PageData } from "./client.ts";
import * as core from "./client-core.ts";
import { STYLE } from "./page-style.ts";

/** The page's script: functions as they are compiled here. */
function script(): string {
  const names = Object.keys(core);
  const functions = [...Object.values(core), ...CLIENT].map(String);
  return [
    '"use strict";',
    // esbuild wraps functions in this to keep their names; other compilers do not use it
    "const __name = (f) => f;",
    ...functions,
    `startPage(JSON.parse(document.getElementById("data").textContent), { ${names.join(", ")} });`,
  ].join("\n");
}

/** -> HTML. The policy in it forbids every request but those to the study's own server ("server") or any ("file"). */
export function buildPage(data: PageData): string {
  const code = script();
  // no "</script>" nor "<!--" can arise
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(data.mode)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escaped(data.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main id="app"><noscript>This study needs JavaScript: please allow it for this page.</noscript></main>
<script type="application/json" id="data">${json}</script>
<script>${code}</script>
</body>
</html>
`;
}

/** Content security policy of a page, for its head and for the server's header. */
export function policy(mode: PageData["mode"]): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script())}`,
    `style-src ${hash(STYLE)}`,
    mode === "file" ? "img-src data:" : "img-src 'self'",
    ...(mode === "file" ? [] : ["connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
