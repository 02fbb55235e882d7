/** What the documents say: files that they name exist, and the example of the engine runs. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const documents = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...["docs", "packages", "models", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.includes("node_modules") && !name.includes("dist/"))
      .map((name) => join(folder, name)),
  ),
];

/** Names of files of the repository: links, and paths in code marks. */
function named(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, "");
  const links = [...prose.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map((m) => m[1]);
  const paths = [...prose.matchAll(/`((?:packages|configs|examples|test|bench|bin)\/[\w./-]+)`/g)].map(
    (m) => `/${m[1]}`,
  );
  return [...links, ...paths];
}

describe("files that a document names exist", () => {
  test.each(documents)("%s", (document) => {
    const text = readFileSync(join(root, document), "utf8");
    const missing = named(text).filter((name) => {
      const at = name.startsWith("/") ? join(root, name) : resolve(root, dirname(document), name);
      return !existsSync(at) && !relative(root, at).startsWith("..");
    });
    expect(missing).toEqual([]);
  });
});

test("each of the thirty findings has tests, and they are there", () => {
  const text = readFileSync(join(root, "docs/findings-tests.md"), "utf8");
  const findings = text.split(/^## /m).slice(1);
  expect(findings.map((finding) => Number.parseInt(finding, 10))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  for (const finding of findings) {
    const files = [...finding.matchAll(/^- `(.+)`\n((?: {2}- .+\n)+)/gm)];
    expect(files.length, finding).toBeGreaterThan(0);
    for (const [, file, list] of files) {
      const source = readFileSync(join(root, file), "utf8");
      const names = list.trimEnd().split("\n");
      const missing = names.filter((line) => {
        const name = line.slice("  - ".length);
        return ![`"${name}"`, `'${name}'`].some((title) => source.includes(title));
      });
      expect(missing, file).toEqual([]);
    }
  }
});

test("the engine's example learns", () => {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, "packages/graph/README.md"), "utf8"))!;
  expect(code.trimEnd().split("\n").length).toBeLessThan(60);
  const folder = mkdtempSync(join(root, "node_modules", ".example-"));
  try {
    const file = join(folder, "example.mjs");
    writeFileSync(file, code);
    const args = ["--conditions=source", "--import", "tsx", file];
    const said = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    expect(Number(/right: ([\d.]+) %/.exec(said)?.[1])).toBeGreaterThan(95);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
