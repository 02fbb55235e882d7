// Runs the command line: from source in the repository; installed, what was compiled into dist/.
import { existsSync } from "node:fs";

/** @param {{ sentence?: boolean }} [options] `sentence`: a first word that is no command begins a sentence to generate */
export async function run(args, options) {
  if (Number(process.versions.node.split(".")[0]) < 20) {
    console.error(`scenograph: needs Node 20 or later, got ${process.versions.node}; install a newer one`);
    process.exit(2);
  }
  let exit = (code) => process.exit(code);
  // a reader that has seen enough (| head) is no error; what is written after it fails as well
  process.stdout.once("error", ({ code }) => {
    process.stdout.on("error", () => {});
    if (code === "EPIPE") return exit(0);
    process.stderr.write(`scenograph: standard output cannot be written (${code}); the result is lost\n`);
    exit(1);
  });
  const source = new URL("../src/cli/main.ts", import.meta.url);
  const compiled = new URL("../dist/cli/main.js", import.meta.url);
  const { main, exitProcess } = await import(existsSync(source) ? await quick(source, args) : compiled.href).catch(
    missing,
  );
  exit = exitProcess;
  process.exitCode = await main(args, options);
}

/** In the repository: a bundle of the source that is kept while it stays as it is, else (and for stacks) each module through tsx. */
async function quick(source, args) {
  const { commandLine } = await import("../../../bin/bundle.mjs");
  const bundled = args.includes("--debug") ? undefined : await commandLine();
  if (!bundled) await import("../../graph/src/runtime/source.mjs");
  return bundled ?? source.href;
}

/** The library does without what the command line needs: it is a package of its own. */
function missing(error) {
  const [, name] = /Cannot find package '([^']+)'/.exec(error.message) ?? [];
  if (error.code !== "ERR_MODULE_NOT_FOUND" || name === undefined) throw error;
  console.error(
    `scenograph: the command line needs the package ${name}, which is not installed; run: npm install @scenograph/node`,
  );
  process.exit(2);
}
