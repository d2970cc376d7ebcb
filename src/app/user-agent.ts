/** How Oakum names itself to registries. */
export const USER_AGENT = "oakum";
