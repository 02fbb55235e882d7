/** Reading a study's folder. @module */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { parseStudy, type Study } from "./study.ts";

/** Reads the study of a folder. @throws UserError when there is none, FormatError */
export async function readStudy(folder: string): Promise<Study> {
  const text = await readFile(join(folder, "study.json"), "utf8").catch(() => {
    throw new UserError(`study: ${folder} holds no study.json; make a study there with study create --out ${folder}`);
  });
  return parseStudy(text);
}

/** The pictures of a study, by identifier. @throws UserError when one is missing */
export async function readPictures(folder: string, study: Study): Promise<Map<string, Uint8Array>> {
  const pngs = new Map<string, Uint8Array>();
  for (const { id } of study.pictures) {
    const file = join(folder, "pictures", `${id}.png`);
    const bytes = await readFile(file).catch(() => {
      throw new UserError(`study: ${file} is missing; create the study again in another folder`);
    });
    pngs.set(id, bytes);
  }
  return pngs;
}
