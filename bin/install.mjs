// Installs the dependencies when they are missing or not those of package-lock.json: from the npm registry alone.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Ends the process when npm fails. */
export function ensureInstalled() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 20) fail(`needs Node 20 or later, got ${process.versions.node}; install a newer one`);
  if (isInstalled()) return;
  console.error("scenograph: installing dependencies (npm ci, once; 1-2 minutes)");
  // npm names its own script to the scripts that it runs
  const npm = process.env.npm_execpath;
  const args = ["ci", "--loglevel=error", "--no-fund", "--no-audit", "--no-progress"];
  const [command, list] = npm?.endsWith(".js") ? [process.execPath, [npm, ...args]] : ["npm", args];
  const result = spawnSync(command, list, {
    cwd: root,
    encoding: "utf8",
    shell: command === "npm" && process.platform === "win32",
    // no other download than packages: onnxruntime-node would fetch GPU libraries
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}`);
  fail(`npm ci failed (${result.error?.message ?? `exit code ${result.status}`}); see above, then run it again`);
}

/** Whether what is installed is what package-lock.json asks for; optional packages may be absent. */
function isInstalled() {
  try {
    const wanted = packagesOf("package-lock.json");
    // npm keeps this file of what it has installed
    const present = packagesOf("node_modules/.package-lock.json");
    return Object.entries(wanted).every(([path, { version, optional }]) => {
      const there = present[path];
      return path === "" || (there ? there.version === version : optional === true);
    });
  } catch {
    return false;
  }
}

function packagesOf(file) {
  return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
}

function fail(message) {
  console.error(`scenograph: ${message}`);
  process.exit(1);
}
