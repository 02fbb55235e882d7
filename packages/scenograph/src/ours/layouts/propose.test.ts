import { mixtureLogDensity, mixtureOf } from "@scenograph/graph/nn/mixture";
import { stream } from "@scenograph/graph/random";
import { expect, it } from "vitest";
import { boxesConfig } from "../boxes/index.ts";
import { logDensity } from "./propose.ts";

it("the density without arrays is that of the mixture", () => {
  const config = boxesConfig.parse({ mixtures: 5 });
  const random = stream(1);
  for (let t = 0; t < 50; t++) {
    const raw = Float32Array.from({ length: 40 }, () => 2 * random.normal());
    const [x, y] = [random.normal(), random.normal()];
    const expected = mixtureLogDensity(mixtureOf(raw.subarray(7, 37), 1, config), x, y);
    expect(logDensity(raw, 7, config, x, y)).toBeCloseTo(expected, 4);
  }
});
