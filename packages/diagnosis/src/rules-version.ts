/**
 * Rises whenever a rule comes to another conclusion from the same observation, or says it in other words: findings that are kept are then computed again.
 */
export const RULES_VERSION = 3;
