/**
 * A TLS ClientHello (RFC 8446 §4.1.2, in the form that TLS 1.2 servers also read) of exactly the wanted size, by its padding
 * extension (RFC 7685). It carries a packet of that size which is no SMTP command; the handshake is not gone on with.
 */
const CIPHERS = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009c, 0x009d, 0x002f, 0x0035];
const GROUPS = [0x001d, 0x0017, 0x0018];
const SIGNATURES = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
const EXTENSION = { serverName: 0, groups: 10, pointFormats: 11, signatures: 13, padding: 21, versions: 43 } as const;
/** Header of the record, and of the handshake message within it. */
const HEADERS = 5 + 4;

/**
 * @param bytes of the whole record, at least 200
 * @param serverName null sends none
 */
export function clientHello(bytes: number, serverName: string | null): Uint8Array {
  const fixed = [u16(0x0303), crypto.getRandomValues(new Uint8Array(32)), Buffer.from([0]), block16(list16(CIPHERS)), Buffer.from([1, 0])];
  const extensions = [
    ...(serverName === null
      ? []
      : [extension(EXTENSION.serverName, block16(Buffer.concat([Buffer.from([0]), block16(Buffer.from(serverName))])))]),
    extension(EXTENSION.groups, block16(list16(GROUPS))),
    extension(EXTENSION.pointFormats, Buffer.from([1, 0])),
    extension(EXTENSION.signatures, block16(list16(SIGNATURES))),
    extension(EXTENSION.versions, Buffer.from([2, 0x03, 0x03])),
  ];
  const body = Buffer.concat(fixed);
  const known = Buffer.concat(extensions);
  const padding = bytes - HEADERS - body.length - 2 - known.length - 4;
  const padded = Buffer.concat([known, extension(EXTENSION.padding, Buffer.alloc(Math.max(0, padding)))]);
  const message = Buffer.concat([body, block16(padded)]);
  return Buffer.concat([Buffer.from([22, 3, 1]), u16(message.length + 4), Buffer.from([1, 0]), u16(message.length), message]);
}

function extension(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([u16(type), block16(content)]);
}

/** With its length in front, in two bytes. */
function block16(content: Uint8Array): Buffer {
  return Buffer.concat([u16(content.length), content]);
}

function list16(values: readonly number[]): Buffer {
  return Buffer.concat(values.map(u16));
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
