/** What an App of ours may do, from nothing but looking to deploying. Each tier asks for the least that it needs. */
export const TIERS = ["observe", "propose", "deploy"] as const;

export type Tier = (typeof TIERS)[number];
