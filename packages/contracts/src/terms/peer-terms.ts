/** Mail hosts that logs name, and the lists of them. */

/** Whether anything that is not fixed is known of a peer. Clients that are only known as bots are in neither list. */
export const PEER_TROUBLES = ["some", "none", "bots"] as const;
export type PeerTrouble = (typeof PEER_TROUBLES)[number];

/** The order of a list of peers: the most harmed, those with the most mail, or those seen last come first; or by name. */
export const PEER_SORTS = ["harm", "mail", "seen", "name"] as const;
export type PeerSort = (typeof PEER_SORTS)[number];

/** Days whose mail is counted in a list of peers. */
export const PEER_MAIL_DAYS = 7;

/** By which way a peer is reached: what never leaves this machine meets no path MTU. */
export const PEER_REACHES = ["network", "loopback", "unix-socket"] as const;
export type PeerReach = (typeof PEER_REACHES)[number];
