/** A page that lists the routes, for people; the same as /openapi.json. @module */
import { ROUTES, type Route } from "./api.ts";

export function docsPage(version: string): string {
  const routes: readonly Route[] = Object.values(ROUTES);
  const tags = [...new Set(routes.map((r) => r.tag))];
  const sections = tags.map((tag) => {
    const rows = routes
      .filter((r) => r.tag === tag)
      .map((r) => {
        const [body, answer] = [r.body?.meta()?.id, r.answer?.meta()?.id ?? r.media];
        const takes = body === undefined ? "" : `<code>${body}</code>`;
        return `<tr><td><code>${r.method.toUpperCase()} ${r.path}</code></td><td>${escaped(r.summary)}</td><td>${takes}</td><td><code>${answer}</code></td></tr>`;
      });
    return `<h2>${escaped(tag)}</h2><table><tr><th>route<th>what<th>body<th>answer</tr>${rows.join("")}</table>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Scenograph API</title>
<meta name="viewport" content="width=device-width"><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8884;vertical-align:top}
</style><h1>Scenograph ${escaped(version)}</h1>
<p>Schemas of bodies and answers: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Errors have one shape, <code>Problem</code>.</p>
${sections.join("\n")}</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
