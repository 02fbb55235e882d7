/** Configurations of earlier versions, in model files, runs and users' own files: keys of ours lay among the paper's. @module */
import { FormatError } from "@scenograph/graph/errors";
import { boxesConfig } from "./boxes/index.ts";

type Keys = Record<string, unknown>;

const isMap = (value: unknown): value is Keys => typeof value === "object" && value !== null && !Array.isArray(value);

/** A key of a stage as it was, its parts joined by dots, and where it is now, below `ours`; `value` converts what it holds. */
interface Move {
  readonly from: string;
  readonly to: string;
  readonly value?: (old: unknown) => unknown;
}

/** The same names, of the stage or one of its parts. */
const same = (part: string, ...names: readonly string[]): Move[] =>
  names.map((name) => ({ from: part ? `${part}.${name}` : name, to: name }));

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const adversarial = (old: unknown) => (old === "bce" ? "standard" : old);

const BOXES = Object.keys(boxesConfig.shape.ours.unwrap().shape);

const MOVES: Readonly<Record<string, readonly Move[]>> = {
  text: same("train", "named", "place"),
  boxes: [...same("", ...BOXES), ...same("train", ...BOXES)],
  masks: [
    ...same("", "frame", "whole", "head", "classWidth", "blur", "resolution", "boxTensor", "boxesInDecoder"),
    ...same("", "spectralNorm", "noiseScale", "candidates", "mirror"),
    { from: "loss.kind", to: "adversarial", value: adversarial },
    ...same("loss", "bce", "dice", "samples", "hard"),
    { from: "loss.ramp", to: "ramp", value: (old) => (isEqual(old, [0, 1]) ? null : old) },
    ...same("train", "flip", "unmirror", "inferred", "maskedFirst", "balance"),
  ],
  image: [
    ...same("", "boundary", "grain", "position", "objects"),
    { from: "decoderNorm", to: "decoderNorm", value: (old) => (old === "group" ? null : old) },
    { from: "discriminator.spectral", to: "spectralNorm" },
    { from: "discriminator.features", to: "featureHeads" },
    { from: "train.loss", to: "adversarial", value: adversarial },
    ...same("train", "l1", "l1Final", "adversarialFrom", "r1", "augment", "flip", "missingMasks"),
    { from: "train.balanced", to: "balance" },
  ],
};

/** Keys of pose codes while one codebook served all categories. */
const SHARED_POSES = ["width", "encoder", "commitment", "train.reviveEvery", "train.reviveUntil"];

/**
 * The same configuration with its keys where they are now; what is no configuration of ours comes back as it is.
 * @throws FormatError where weights of that configuration could not be read any more
 */
export function upgradeConfig(config: unknown): unknown {
  if (!isMap(config)) return config;
  const stages = Object.entries(MOVES).flatMap(([stage, moves]) => {
    const keys = config[stage];
    return isMap(keys) ? [[stage, moved(keys, moves)]] : [];
  });
  const { ours } = config;
  return {
    ...config,
    ...Object.fromEntries(stages),
    ...(isMap(ours) && isMap(ours.poses) && { ours: { ...ours, poses: ownPoses(ours.poses) } }),
  };
}

/** Pose codes have been each category's own since 2026-12; those of before cannot be drawn with. */
function ownPoses(poses: Keys): Keys {
  const shared = SHARED_POSES.filter((key) => taken(poses, key.split("."))[0] !== undefined);
  if (shared.length > 0 && typeof poses.codes === "number" && poses.codes > 0)
    throw new FormatError(
      "model: its pose codes, shared by all categories, are of an earlier version; take the model of this version, train poses anew, or set ours.poses.codes to 0",
    );
  return shared.reduce((rest, key) => taken(rest, key.split("."))[1], poses);
}

/** Keys that lie where they are now win over those that are moved there. */
function moved(stage: Keys, moves: readonly Move[]): Keys {
  let rest = stage;
  const found: Keys = {};
  for (const { from, to, value = (old: unknown) => old } of moves) {
    const [old, without] = taken(rest, from.split("."));
    if (old === undefined) continue;
    rest = without;
    found[to] = value(old);
  }
  if (Object.keys(found).length === 0) return stage;
  return { ...rest, ours: { ...found, ...(isMap(stage.ours) && stage.ours) } };
}

/** The value at a path, undefined where there is none, and the map without it. */
function taken(map: Keys, [key, ...path]: readonly string[]): [value: unknown, rest: Keys] {
  if (path.length === 0) {
    const { [key]: value, ...rest } = map;
    return [value, rest];
  }
  const inner = map[key];
  if (!isMap(inner)) return [undefined, map];
  const [value, rest] = taken(inner, path);
  return [value, { ...map, [key]: rest }];
}
