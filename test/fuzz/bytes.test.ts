import { fuzz } from "./suite.ts";
import { BYTES } from "./targets/bytes.ts";

fuzz(BYTES);
