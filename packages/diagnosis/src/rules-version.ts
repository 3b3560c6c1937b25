/**
 * Rises whenever a rule comes to another conclusion from the same observation: findings that are kept are then computed again.
 */
export const RULES_VERSION = 2;
