/** What people and programs may do. */

/** Each may do everything that the ones before it may. */
export const USER_ROLES = ["viewer", "operator", "admin"] as const;
export type UserRole = (typeof USER_ROLES)[number];
