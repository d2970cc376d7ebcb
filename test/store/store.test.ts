import { describe } from "vitest";
import { freshStore } from "./database.ts";
import { queueSuite } from "./queue-suite.ts";
import { storeSuite } from "./suite.ts";

describe("store on PGlite", () => storeSuite(freshStore));
describe("queue on PGlite", () => queueSuite(freshStore));
