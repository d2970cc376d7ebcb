import { type Operations, onAccount } from "../operation.ts";
import { rateOf } from "../rate.ts";

export const meta: Operations = {
  ...onAccount("rate-limit/get", [], ({ world, actor }) => {
    const core = rateOf(world, actor);
    const search = { ...core, limit: 30, remaining: 30, used: 0 };
    return { status: 200, body: { resources: { core, search }, rate: core } };
  }),
};
