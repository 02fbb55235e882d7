import { expect, test } from "vitest";
import { evaluate, node } from "../check.fixture.ts";
import { input } from "../leaves.ts";
import { compile } from "../program.ts";
import { stream } from "../random.ts";
import { conv2dFilterGrad, geometry } from "./convolution.ts";

interface Size {
  readonly n: number;
  readonly channels: readonly [number, number];
  readonly size: readonly [number, number];
  readonly k: readonly [number, number];
  readonly stride?: number;
  readonly padding?: number | readonly [number, number, number, number];
  readonly groups?: number;
}

/** dw[o, c, i, j] = sum of x[n, c, s r + i - top, s q + j - left] g[n, o, r, q], term by term. */
function direct(x: Float32Array, g: Float32Array, s: Size, out: readonly [number, number]): Float32Array {
  const { stride, pads, groups } = geometry(s);
  const [c, o] = s.channels;
  const [h, w] = s.size;
  const [kh, kw] = s.k;
  const cg = c / groups;
  const dw = new Float32Array(o * cg * kh * kw);
  for (let n = 0; n < s.n; n++)
    for (let f = 0; f < o; f++)
      for (let q = 0; q < out[0] * out[1]; q++) {
        const [r, t] = [Math.floor(q / out[1]), q % out[1]];
        const gv = g[(n * o + f) * out[0] * out[1] + q];
        for (let k = 0; k < cg * kh * kw; k++) {
          const [ci, i, j] = [Math.floor(k / (kh * kw)), Math.floor(k / kw) % kh, k % kw];
          const [y, z] = [r * stride + i - pads[0], t * stride + j - pads[1]];
          if (y < 0 || y >= h || z < 0 || z >= w) continue;
          const channel = Math.floor(f / (o / groups)) * cg + ci;
          dw[f * cg * kh * kw + k] += gv * x[((n * c + channel) * h + y) * w + z];
        }
      }
  return dw;
}

// small and large pictures, either operand with fewer channels, strides that divide the kernel and ones that do not
const sizes: Size[] = [
  { n: 3, channels: [2, 5], size: [6, 7], k: [3, 3], padding: 1 },
  { n: 3, channels: [5, 2], size: [6, 7], k: [3, 3], padding: 1 },
  { n: 1, channels: [5, 2], size: [6, 7], k: [3, 3], padding: 1 },
  { n: 2, channels: [2, 5], size: [19, 17], k: [3, 3], padding: 1 },
  { n: 2, channels: [5, 2], size: [19, 17], k: [3, 3], padding: 1 },
  { n: 2, channels: [5, 2], size: [19, 17], k: [5, 3], padding: [0, 2, 3, 1] },
  { n: 2, channels: [3, 2], size: [5, 4], k: [2, 2], padding: 3 },
  { n: 2, channels: [6, 2], size: [5, 6], k: [1, 1] },
  { n: 2, channels: [3, 4], size: [12, 10], k: [4, 4], stride: 2, padding: 1 },
  { n: 2, channels: [4, 3], size: [36, 34], k: [4, 4], stride: 2, padding: 1 },
  { n: 2, channels: [3, 2], size: [9, 8], k: [3, 3], stride: 2, padding: 1 },
  { n: 2, channels: [3, 2], size: [9, 8], k: [1, 1], stride: 2 },
  { n: 2, channels: [2, 3], size: [11, 13], k: [5, 5], stride: 3, padding: [0, 1, 2, 1] },
  { n: 2, channels: [6, 4], size: [6, 8], k: [3, 3], padding: 1, groups: 2 },
  { n: 2, channels: [4, 8], size: [18, 18], k: [3, 3], padding: 1, groups: 2 },
  { n: 2, channels: [6, 4], size: [8, 6], k: [4, 4], stride: 2, padding: 1, groups: 2 },
];

test.each(sizes.map((s) => [JSON.stringify(s), s] as const))("filter gradient %s is the direct sum", async (_, s) => {
  const a = geometry(s);
  const [c, o] = s.channels;
  const out = s.size.map((d, i) => Math.floor((d + a.pads[i] + a.pads[i + 2] - s.k[i]) / a.stride) + 1);
  const random = stream(1, "filter gradient");
  // whole numbers: every order of summation gives the same float
  const whole = (count: number) => Float32Array.from({ length: count }, () => random.int(9) - 4);
  const feeds = { x: whole(s.n * c * s.size[0] * s.size[1]), g: whole(s.n * o * out[0] * out[1]) };
  const dw = conv2dFilterGrad(input("x", [s.n, c, ...s.size]), input("g", [s.n, o, ...out]), s.k, a);
  const result = await evaluate(node, { program: compile({ outputs: { dw } }), feeds, state: {} });
  expect([...result.dw]).toEqual([...direct(feeds.x, feeds.g, s, out as [number, number])]);
});
