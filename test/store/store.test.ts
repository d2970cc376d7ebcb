import { describe } from "vitest";
import { budgetSuite } from "./budget-suite.ts";
import { freshStore } from "./database.ts";
import { fairnessSuite } from "./fairness-suite.ts";
import { queueSuite } from "./queue-suite.ts";
import { storeSuite } from "./suite.ts";

describe("store on PGlite", () => storeSuite(freshStore));
describe("budgets on PGlite", () => budgetSuite(freshStore));
describe("fairness on PGlite", () => fairnessSuite(freshStore, 200));
describe("queue on PGlite", () => queueSuite(freshStore));
