/**
 * Finds the end of a message, CRLF `.` CRLF (RFC 5321, section 4.1.1.4), in pieces of any size. With `losesSplit` it is as blind
 * as the firewalls of CSCds90792: an end of which the dot and what follows come in different pieces is not seen.
 */
export interface EndOfDataFinder {
  /** Where in these bytes the message is over (after the final line feed), or null. */
  feed(bytes: Uint8Array): number | null;
}

const PATTERN = Buffer.from("\r\n.\r\n");
const DOT = 2;

export function endOfData(losesSplit: boolean): EndOfDataFinder {
  // The message begins at the start of a line, so a lone `.` is an empty message.
  let tail = Buffer.from("\r\n");
  return {
    feed(bytes) {
      const window = Buffer.concat([tail, bytes]);
      let from = 0;
      for (;;) {
        const at = window.indexOf(PATTERN, from);
        if (at < 0) break;
        const split = at + DOT < tail.length;
        if (!(losesSplit && split)) return at + PATTERN.length - tail.length;
        from = at + 1;
      }
      tail = Buffer.from(window.subarray(Math.max(0, window.length - PATTERN.length + 1)));
      return null;
    },
  };
}
