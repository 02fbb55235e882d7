// The model's folder lies in public/models/illustrated; its files are kept in the browser after the first visit.
import { scenograph } from "scenograph";

const [form, status, image, list] = ["form", "[role=status]", "img", "ul"].map((s) => document.querySelector(s));
const say = (text) => {
  status.textContent = text;
};

const draw = await scenograph("illustrated", {
  onProgress: ({ loaded, total }) => say(`loading ${Math.round((loaded / total) * 100)} %`),
});
say("ready");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const scene = await draw(form.elements.sentence.value, { seed: 7 });
    image.src = URL.createObjectURL(new Blob([await scene.toPng()], { type: "image/png" }));
    image.alt = scene.caption;
    list.replaceChildren(...scene.objects.map(({ label }) => new Option(label)));
    say("drawn");
  } catch (error) {
    say(error.message);
  }
});
