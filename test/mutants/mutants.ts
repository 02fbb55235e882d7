/**
 * Mechanisms of the paper, each broken on purpose: `find`, which stands once in `file`, becomes `put`. Some test of `tests`
 * must fail then. A mutant that no test kills is a mechanism that nothing watches.
 * @module
 */
export interface Mutant {
  readonly name: string;
  /** Below packages/. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
  /** Test files below packages/. */
  readonly tests: readonly string[];
}

const paper = "scenograph/src/paper";
const image = [`${paper}/image/mechanisms.test.ts`];
const masksLoss = [`${paper}/masks/loss.test.ts`];
const masksStep = [`${paper}/masks/step.test.ts`];
const boxesLoss = [`${paper}/boxes/loss.test.ts`];

export const MUTANTS: readonly Mutant[] = [
  // section 5, the picture
  {
    name: "the mismatched pair is scored as real",
    file: `${paper}/image/loss.ts`,
    find: "kind.fake(scores.mismatched)",
    put: "kind.real(scores.mismatched)",
    tests: image,
  },
  {
    name: "the mismatched pair is left out",
    file: `${paper}/image/loss.ts`,
    find: "add(generated, mean(kind.fake(scores.mismatched)))",
    put: "generated",
    tests: image,
  },
  {
    name: "the wrong sentence is the right one",
    file: `${paper}/image/step.ts`,
    find: "wrong && judge(seenReal, wrong)",
    put: "wrong && judge(seenReal, text)",
    tests: image,
  },
  {
    name: "generated pictures are scored as real by the discriminator",
    file: `${paper}/image/loss.ts`,
    find: "kind.fake(scores.generated)",
    put: "kind.real(scores.generated)",
    tests: image,
  },
  {
    name: "the generator flees the discriminator's real",
    file: `${paper}/image/loss.ts`,
    find: "kind.generator(generated)",
    put: "kind.fake(generated)",
    tests: image,
  },
  {
    name: "the text gate is computed and not applied",
    file: `${paper}/image/model.ts`,
    find: "config.gate ? mul(a, reshape(textGate(p, text, channels), [n, channels, 1, 1])) : a",
    put: "config.gate ? (textGate(p, text, channels), a) : a",
    tests: image,
  },
  {
    name: "the gate is open whatever the sentence",
    file: `${paper}/image/model.ts`,
    find: 'return sigmoid(linear(p.scope("gate"), text, channels));',
    put: 'return sigmoid(mul(linear(p.scope("gate"), text, channels), 0));',
    tests: image,
  },
  {
    name: "the background does not read the sentence",
    file: `${paper}/image/model.ts`,
    find: "tile2d(backgroundText(p, config, text), height, width)",
    put: "tile2d(mul(backgroundText(p, config, text), 0), height, width)",
    tests: image,
  },
  {
    name: "the noise is ignored",
    file: `${paper}/image/model.ts`,
    find: "parts.push(tile2d(noise, height, width))",
    put: "parts.push(mul(tile2d(noise, height, width), 0))",
    tests: image,
  },
  {
    name: "the layout does not enter the decoder",
    file: `${paper}/image/model.ts`,
    find: "joined.push(scales[levels - 1 - i])",
    put: "joined.push(mul(scales[levels - 1 - i], 0))",
    tests: image,
  },
  {
    name: "the discriminator does not see the layout",
    file: `${paper}/image/model.ts`,
    find: "const joined = concat([x, scales[i]], 1);",
    put: "const joined = concat([x, mul(scales[i], 0)], 1);",
    tests: image,
  },
  {
    name: "lambda_a of L_img is 1 whatever was set",
    file: `${paper}/image/loss.ts`,
    find: "[lambda.adversarial, adversarial]",
    put: "[1, adversarial]",
    tests: image,
  },
  {
    name: "lambda_r of L_img is 1 whatever was set",
    file: `${paper}/image/loss.ts`,
    find: "[lambda.perceptual, perceptual]",
    put: "[1, perceptual]",
    tests: image,
  },
  // section 4, the masks
  {
    name: "features outside the box are kept",
    file: `${paper}/masks/model.ts`,
    find: "x = mul(x, boxMasks(layout, 4));",
    put: "",
    tests: [`${paper}/masks/infer.test.ts`, ...masksStep],
  },
  {
    name: "masks reach outside their boxes",
    file: `${paper}/masks/model.ts`,
    find: "mul(sigmoid(logits), boxMasks(layout))",
    put: "sigmoid(logits)",
    tests: [`${paper}/masks/infer.test.ts`, ...masksStep],
  },
  {
    name: "objects do not see each other",
    file: `${paper}/masks/model.ts`,
    find: "return reshape(stack(context, 1), [n * t, 2 * config.lstm, ...encoded.shape.slice(2)]);",
    put: "return mul(reshape(stack(context, 1), [n * t, 2 * config.lstm, ...encoded.shape.slice(2)]), 0);",
    tests: [`${paper}/masks/infer.test.ts`],
  },
  {
    name: "the masks' noise is ignored",
    file: `${paper}/masks/model.ts`,
    find: "const z = tile2d(reshape(noise, [m, config.noise]), h, w);",
    put: "const z = mul(tile2d(reshape(noise, [m, config.noise]), h, w), 0);",
    tests: [`${paper}/masks/infer.test.ts`],
  },
  {
    name: "D takes generated masks for real",
    file: `${paper}/masks/loss.ts`,
    find: "kind.fake(fake)",
    put: "kind.real(fake)",
    tests: masksLoss,
  },
  {
    name: "lambda_i of L_shape is 1 whatever was set",
    file: `${paper}/masks/loss.ts`,
    find: "[lambda.instance, instance]",
    put: "[1, instance]",
    tests: masksLoss,
  },
  {
    name: "lambda_g of L_shape is 1 whatever was set",
    file: `${paper}/masks/loss.ts`,
    find: "[lambda.global, global]",
    put: "[1, global]",
    tests: masksLoss,
  },
  {
    name: "lambda_r of L_shape is 1 whatever was set",
    file: `${paper}/masks/loss.ts`,
    find: "[lambda.perceptual, perceptual]",
    put: "[1, perceptual]",
    tests: masksLoss,
  },
  // section 3, the boxes
  {
    name: "lambda_l of L_box is 1 whatever was set",
    file: `${paper}/boxes/loss.ts`,
    find: "mul(label, lambda.labelWeight)",
    put: "label",
    tests: boxesLoss,
  },
  {
    name: "lambda_b of L_box is doubled",
    file: `${paper}/boxes/loss.ts`,
    find: "mul(box, lambda.boxWeight)",
    put: "mul(box, 2 * lambda.boxWeight)",
    tests: boxesLoss,
  },
  {
    name: "a box is counted at the end step",
    file: `${paper}/boxes/loss.ts`,
    find: "box: mul(reshape(box, [steps, n]), b.boxed),",
    put: "box: mul(reshape(box, [steps, n]), b.labelled),",
    tests: boxesLoss,
  },
  {
    name: "sizes do not depend on the centre",
    file: `${paper}/boxes/loss.ts`,
    find: "whMixture(p, config, f, b.labels, xy, head, drops)",
    put: "whMixture(p, config, f, b.labels, mul(xy, 0), head, drops)",
    tests: boxesLoss,
  },
  {
    name: "the correlation of the mixture has the wrong sign",
    file: "graph/src/nn/mixture.ts",
    find: "const z = sub(add(square(dx), square(dy)), mul(mul(m.rho, 2), mul(dx, dy)));",
    put: "const z = add(add(square(dx), square(dy)), mul(mul(m.rho, 2), mul(dx, dy)));",
    tests: ["graph/src/nn/mixture.test.ts"],
  },
];
