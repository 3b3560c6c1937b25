/**
 * Certificates made on the spot for the lab's mail hosts (RFC 5280): self-signed or a chain, any names, any dates, any size.
 * Written in DER by hand, since absurd ones are wanted and no tool makes those willingly. Never for anything but tests.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { MailHostCertificate } from "./script.ts";

export interface CertificateBundle {
  /** PEM: the host's own certificate first, then its issuers. */
  readonly cert: string;
  readonly key: string;
  /** Bytes of the whole chain (DER). */
  readonly chainBytes: number;
}

interface Authority {
  readonly name: string;
  readonly key: KeyObject;
}

const DAY = 86_400_000;

export function certificateBundle(wanted: MailHostCertificate = {}): CertificateBundle {
  const names = wanted.names ?? ["mx.example.test"];
  const dates = {
    notBefore: wanted.notBefore ? new Date(wanted.notBefore) : new Date(Date.now() - DAY),
    notAfter: wanted.notAfter ? new Date(wanted.notAfter) : new Date(Date.now() + 364 * DAY),
  };
  const leaf = newKey();
  const chain: Buffer[] = [];
  const subject = names[0] ?? "mx.example.test";
  if (wanted.chainBytes === undefined) {
    chain.push(certificate({ subject, names, dates, publicKey: leaf.publicKey, issuer: { name: subject, key: leaf.privateKey } }));
  } else {
    // Three certificates as real chains have; the padding of each is an extension that nobody has to understand.
    const padding = Math.max(0, Math.ceil((wanted.chainBytes - 1000) / 3));
    const [root, middle] = [newKey(), newKey()];
    const rootAuthority = { name: "Lab Root", key: root.privateKey };
    const middleAuthority = { name: "Lab Intermediate", key: middle.privateKey };
    chain.push(
      certificate({ subject, names, dates, publicKey: leaf.publicKey, issuer: middleAuthority, padding }),
      certificate({ subject: middleAuthority.name, dates, publicKey: middle.publicKey, issuer: rootAuthority, authority: true, padding }),
      certificate({ subject: rootAuthority.name, dates, publicKey: root.publicKey, issuer: rootAuthority, authority: true, padding }),
    );
  }
  return {
    cert: chain.map(pem).join(""),
    key: leaf.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    chainBytes: chain.reduce((sum, der) => sum + der.length, 0),
  };
}

function newKey() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

interface CertificateFields {
  readonly subject: string;
  readonly names?: readonly string[];
  readonly dates: { readonly notBefore: Date; readonly notAfter: Date };
  readonly publicKey: KeyObject;
  readonly issuer: Authority;
  readonly authority?: boolean;
  readonly padding?: number;
}

const OID = {
  ecdsaWithSha256: "2a8648ce3d040302",
  commonName: "550403",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  /** Netscape's comment (2.16.840.1.113730.1.13): any text, of no consequence. */
  comment: "6086480186f842010d",
} as const;

function certificate(fields: CertificateFields): Buffer {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const extensions: Buffer[] = [];
  if (fields.authority) extensions.push(extension(OID.basicConstraints, sequence(tlv(0x01, Buffer.from([0xff])))));
  if (fields.names) extensions.push(extension(OID.subjectAltName, sequence(...fields.names.map((name) => tlv(0x82, latin1(name))))));
  if (fields.padding) extensions.push(extension(OID.comment, tlv(0x16, Buffer.alloc(fields.padding, "x"))));
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    algorithm,
    distinguishedName(fields.issuer.name),
    sequence(time(fields.dates.notBefore), time(fields.dates.notAfter)),
    distinguishedName(fields.subject),
    fields.publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length > 0 ? [tlv(0xa3, sequence(...extensions))] : []),
  );
  return sequence(body, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, fields.issuer.key)])));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tlv(0x31, sequence(oid(OID.commonName), tlv(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), tlv(0x04, value));
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280, section 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:T]/g, "");
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050 ? tlv(0x17, latin1(digits.slice(2))) : tlv(0x18, latin1(digits));
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, "hex"));
}

function integer(bytes: Buffer): Buffer {
  return tlv(0x02, bytes);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function tlv(tag: number, value: Buffer): Buffer {
  const length = [];
  if (value.length < 0x80) length.push(value.length);
  else {
    for (let rest = value.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
    length.unshift(0x80 | length.length);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
