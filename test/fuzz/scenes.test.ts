import { fuzz } from "./suite.ts";
import { SCENES } from "./targets/scenes.ts";

fuzz(SCENES);
