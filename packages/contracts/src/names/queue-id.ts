/** Queue ids as mail programs log them: short and long ones of Postfix, and those of Exim. A host name without a dot may look like one. */

const QUEUE_ID =
  /^(?:[0-9A-F]{6,15}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,20}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{1,20}|[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4})$/;

export function isQueueId(text: string): boolean {
  return QUEUE_ID.test(text);
}
