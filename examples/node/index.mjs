// node index.mjs ["a sentence"] [seed] [model]: draws it, writes a picture and a layout for Ideogram, prints what is where.
import { writeFile } from "node:fs/promises";
import { scenograph } from "scenograph";

const [sentence = "a cat on a sofa", seed = "7", model = "illustrated"] = process.argv.slice(2);
const draw = await scenograph(model);
const scene = await draw(sentence, { seed: Number(seed) });
for (const { label, box } of scene.objects) console.log(label, box.map((v) => v.toFixed(3)).join(" "));
await writeFile("scene.png", await scene.toPng());
const { files } = await scene.to("ideogram");
await writeFile(files[0].name, files[0].bytes);
await draw.close();
