// node bin/moved.mjs, after a rebase over the move into packages/: puts files that were added to the old tree into the new one and
// mends imports that still name the old one. For branches begun before the move; goes away afterwards.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, posix } from "node:path";

const git = (...args) => execFileSync("git", args, { encoding: "utf8", maxBuffer: 1 << 28 });
const NAMES = {
  graph: "@scenograph/graph",
  scenograph: "scenograph",
  lab: "@scenograph/lab",
  service: "@scenograph/service",
};
const LAB_CLI =
  /^(ablate|data|evaluate|judges|score|study|train|vectors|queue-drawings|queue-evaluation|queue-training)\b/;
const SERVICE_CLI = /^(serve|worker|studio|queue-kinds|queue-sessions)\b/;
const [G, S, L, V] = ["graph", "scenograph", "lab", "service"].map((name) => `packages/${name}/src/`);

function newPath(old) {
  const [top, ...rest] = old.split("/");
  const path = rest.join("/");
  if (top === "deploy") return `packages/service/deploy/${path}`;
  if (top === "studio") return `packages/studio/${rest.length === 1 || rest[0] === "public" ? "" : "src/"}${path}`;
  if (top === "test") {
    if (rest[0] === "studio") return `packages/studio/test/${rest.slice(1).join("/")}`;
    if (rest[0] === "server" || rest[0] === "queue") return `packages/service/test/${path}`;
    return rest[0] === "study" ? `packages/lab/test/${path}` : old;
  }
  if (top !== "src") return old;
  const [module, ...more] = rest;
  const file = more.join("/");
  if (/^(errors|random)\b/.test(module)) return G + path;
  if (module === "formats") {
    if (/^(bytes|float16|protobuf|safetensors)/.test(file)) return G + path;
    return (/^tfevents/.test(file) ? L : S) + path;
  }
  if (module === "graph") return G + file;
  if (module === "runtime" || module === "nn") return G + path;
  if (module === "text" && /^vectors\./.test(file)) return `${L}data/${file}`;
  if (["text", "boxes", "masks", "image"].includes(module)) return `${S}paper/${path}`;
  if (module === "data" && /^(draw|font|picture)\./.test(file)) return `${S}draw/${file}`;
  if (path === "train/atomic.ts") return `${S}formats/atomic.node.ts`;
  if (["data", "evaluate", "train", "captioner", "segmenter", "study"].includes(module)) return L + path;
  if (module === "queue") {
    if (/^(open|redis|s3|slots|memory|names)\./.test(file)) return V + path;
    return (/^training\./.test(file) ? L : S) + path;
  }
  if (module === "server" || module === "client") return V + path;
  if (module === "cli") return (LAB_CLI.test(file) ? L : SERVICE_CLI.test(file) ? V : S) + path;
  return S + path;
}

/** The places in the old tree that a file of the new one may have come from. */
function oldPaths(file) {
  const [, name, kind, path] = /^packages\/(\w+)\/(?:(src|test|deploy)\/)?(.+)$/.exec(file) ?? [];
  if (name === undefined) return [file];
  if (kind === "deploy") return [`deploy/${path}`];
  if (name === "studio") return kind === "test" ? [`test/studio/${path}`] : [`studio/${path}`];
  if (kind === "test") return [`test/${path}`];
  const guesses = [path, path.replace(/^paper\//, ""), `graph/${path}`, path.replace(/^draw\//, "data/")];
  guesses.push(path.replace(/^formats\/atomic\.node/, "train/atomic"), path.replace(/^data\/vectors/, "text/vectors"));
  return guesses.map((guess) => `src/${guess}`).filter((old) => newPath(old) === file);
}

const listed = git("ls-files", "--cached", "--others", "--exclude-standard").split("\n").filter(Boolean);
const files = [...new Set(listed)].filter((file) => existsSync(file));
for (const file of files) {
  const to = newPath(file);
  if (to === file || existsSync(to)) continue;
  mkdirSync(dirname(to), { recursive: true });
  renameSync(file, to);
  console.log(`${file} -> ${to}`);
}
for (const file of files.map(newPath)) {
  if (!/\.(tsx?|mjs)$/.test(file) || file === "bin/moved.mjs" || !existsSync(file)) continue;
  const text = readFileSync(file, "utf8");
  const mended = text.replace(/(new URL\(\s*)?"(\.\.?\/[^"\n]*)"/g, (all, url, spec) => {
    if (existsSync(posix.join(posix.dirname(file), spec))) return all;
    for (const old of oldPaths(file)) {
      const to = newPath(posix.normalize(posix.join(posix.dirname(old), spec)));
      if (!existsSync(to)) continue;
      const [, name, path] = /^packages\/(\w+)\/src\/(.+)\.tsx?$/.exec(to) ?? [];
      if (url === undefined && name in NAMES && !file.startsWith(`packages/${name}/`))
        return path === "index" ? `"${NAMES[name]}"` : `"${NAMES[name]}/${path}"`;
      const relative = posix.relative(posix.dirname(file), to);
      return `${url ?? ""}"${relative.startsWith(".") ? relative : `./${relative}`}"`;
    }
    return all;
  });
  if (mended === text) continue;
  writeFileSync(file, mended);
  console.log(`imports of ${file}`);
}
