/** From the dataset page into the studio: "#data=<split>/<picture>/<caption>" is a scene of the server's COCO folder. @module */
import { UserError } from "@scenograph/graph/errors";
import { restoreScene } from "scenograph/scene/restore";
import type { Scene } from "scenograph/scene/scene";
import { categories } from "../model/vocabulary.ts";

/** @param address what follows "data=" @throws UserError where the server has no such picture */
export async function datasetScene(address: string): Promise<Scene> {
  const [split = "", id = "", caption = "0"] = address.split("/").map(decodeURIComponent);
  const query = new URLSearchParams({ split, id, caption });
  const response = await fetch(`data/scene.json?${query}`).catch(() => undefined);
  if (!response?.ok)
    throw new UserError(`picture ${id} of ${split || "the dataset"} is not there; start scenograph studio --data DIR`);
  return restoreScene(await response.json(), [], categories());
}
