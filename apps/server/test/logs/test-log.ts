/** Lines of a Postfix that has trouble with one peer and none with another; made up. */
export function stallingLog(startMs: number, messages = 40): string {
  const lines: string[] = [];
  for (let index = 0; index < messages; index += 1) {
    const at = (seconds: number) => new Date(startMs + index * 20_000 + seconds * 1000).toISOString().replace("Z", "+00:00");
    const [good, bad] = [`A${index.toString(16).toUpperCase().padStart(8, "0")}`, `B${index.toString(16).toUpperCase().padStart(8, "0")}`];
    const large = index % 2 === 1;
    const size = large ? 20_000 + index * 37 : 900 + index;
    lines.push(
      `${at(0)} mx1 postfix/qmgr[7]: ${good}: from=<a@example.org>, size=${size}, nrcpt=1 (queue active)`,
      `${at(1)} mx1 postfix/smtp[8]: ${good}: to=<b@good.example>, relay=mx.good.example[198.51.100.7]:25, delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 ok)`,
      `${at(1)} mx1 postfix/qmgr[7]: ${good}: removed`,
      `${at(2)} mx1 postfix/qmgr[7]: ${bad}: from=<a@example.org>, size=${size}, nrcpt=1 (queue active)`,
    );
    lines.push(
      large
        ? `${at(9)} mx1 postfix/smtp[9]: ${bad}: to=<b@bad.example>, relay=mx.bad.example[198.51.100.9]:25, delay=600, delays=0/0/0.5/600, dsn=4.4.2, status=deferred (conversation with mx.bad.example[198.51.100.9] timed out while sending end of data -- message may be sent more than once)`
        : `${at(9)} mx1 postfix/smtp[9]: ${bad}: to=<b@bad.example>, relay=mx.bad.example[198.51.100.9]:25, delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 ok)`,
    );
    if (!large) lines.push(`${at(9)} mx1 postfix/qmgr[7]: ${bad}: removed`);
  }
  return `${lines.join("\n")}\n`;
}
