/**
 * Rows of the ablation table: what each takes away from the full model, as `--set` values. A row trains and judges only the stages
 * that it changes; every row has the same steps, data and seed. To add a row, add an entry.
 * @module
 */

export const ABLATED_STAGES = ["boxes", "masks", "image"] as const;
export type AblatedStage = (typeof ABLATED_STAGES)[number];

export interface AblationRow {
  readonly key: string;
  readonly name: string;
  /** What is changed, for the table's legend. */
  readonly about: string;
  /** Changes by stage; a stage that is not named is neither trained nor judged for this row. */
  readonly changes: Readonly<Partial<Record<AblatedStage, readonly string[]>>>;
  /** Another configuration of the package to start from; the budget's sizes and steps hold all the same. */
  readonly config?: string;
}

/** What everything is compared with. It must come first: rows borrow the stages that they do not train from it. */
export const FULL: AblationRow = {
  key: "full",
  name: "full model",
  about: "all parts, objects largest first",
  changes: { boxes: [], masks: [], image: [] },
};

export const ABLATION_ROWS: readonly AblationRow[] = [
  FULL,
  {
    key: "no-d-inst",
    name: "without D_inst",
    about: "no instance discriminator: lambda_i = 0",
    changes: { masks: ["masks.loss.instance=0"] },
  },
  {
    key: "no-d-global",
    name: "without D_global",
    about: "no discriminator of all masks together: lambda_g = 0",
    changes: { masks: ["masks.loss.global=0"] },
  },
  {
    key: "no-perceptual",
    name: "without perceptual loss",
    about: "lambda_r = 0 of masks and of pictures; the pixelwise terms stay",
    changes: { masks: ["masks.loss.perceptual=0"], image: ["image.train.perceptual=0"] },
  },
  {
    key: "no-gate",
    name: "without gate",
    about: "the layout's features are not gated by the sentence",
    changes: { image: ["image.gate=false"] },
  },
  {
    key: "no-background",
    name: "without background text",
    about: "no second projection of the sentence beside the gated layout",
    changes: { image: ["image.background=0"] },
  },
  {
    key: "no-layout-decoder",
    name: "without layout in the decoder",
    about: "the layout enters the encoder alone, no cascaded refinement",
    changes: { image: ["image.layoutInDecoder=false"] },
  },
  {
    key: "no-mismatched",
    name: "without mismatched term",
    about: "the discriminator never sees a real picture with a wrong sentence",
    changes: { image: ["image.train.mismatched=false"] },
  },
  {
    key: "no-words",
    name: "without word attention",
    about: "objects do not look for their words, and have no texture of their own (ours, not the paper's)",
    changes: { image: ["image.ours.objects.width=0"] },
  },
  {
    key: "left-to-right",
    name: "left to right",
    about: "boxes are generated left to right, as recalled of the paper, not largest first",
    changes: { boxes: ["boxes.order=left-to-right"] },
  },
  {
    key: "paper",
    name: "the paper's configuration",
    about:
      "losses, weights and order of configs/paper.yaml at this size and budget; adversarial terms from the first step",
    config: "configs/paper.yaml",
    changes: { boxes: [], masks: [], image: [] },
  },
];

export interface Budget {
  /** Side of the pictures. */
  readonly size: number;
  /** Training steps a stage. */
  readonly steps: Readonly<Record<AblatedStage, number>>;
}

/** Sizes, batches and steps: the same for every row, whatever its configuration says. */
export function budgetSets({ size, steps }: Budget): string[] {
  return [
    "boxes.hidden=256",
    "boxes.train.text=0",
    `boxes.train.steps=${steps.boxes}`,
    "masks.train.batch=6",
    "masks.train.warmup=20",
    `masks.train.steps=${steps.masks}`,
    "masks.loss.perceptualFeatures=cocossd",
    `image.size=${size}`,
    "image.encoder=[32,64,128]",
    "image.decoder=[96,48,24]",
    "image.discriminator.channels=[32,64,128]",
    "image.train.batch=8",
    `image.train.steps=${steps.image}`,
  ];
}

/** When the adversarial terms begin: as parts of this budget. Rows with a configuration of their own say it themselves. */
export function rampSets({ steps }: Budget): string[] {
  const share = (n: number, of: number) => Math.round(n / of);
  return [
    `masks.ours.ramp=[${share(steps.masks, 10)},${share(steps.masks, 3)}]`,
    `image.ours.adversarialFrom=${share(steps.image, 6)}`,
  ];
}
