/** Of jobs that are due, the higher runs first; 0 is what nobody waits for, and below it what may wait for that. */
export type Priority = number;

/** Nobody here waits for it. */
export const BACKLOG: Priority = 0;
/** A webhook of GitHub's: mostly the echo of what we did. */
export const EVENT: Priority = 10;
/** A registry has something new, which everyone who uses it should have soon. */
export const PUSH: Priority = 20;
/** A person did something on GitHub, and looks for what comes of it. */
export const PERSON: Priority = 30;
