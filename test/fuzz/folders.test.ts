import { fuzz } from "./suite.ts";
import { FOLDERS } from "./targets/folders.ts";

fuzz(FOLDERS);
