/**
 * TLS on an open connection (RFC 3207, 8446). Facts only: an unverifiable certificate is reported, never refused.
 *
 * The ClientHello is kept small (classical key shares only), so that it fits any packet and a handshake that stalls
 * says something about the peer's large certificate and not about our own hello.
 */
import type { Socket } from "node:net";
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { type Certificate, printable } from "@mxray/contracts";
import type { TlsOutcome } from "../ports.ts";

interface TlsRequest {
  readonly serverName: string | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const MOST_NAMES = 100;
/** A chain that goes round in circles or never ends is cut here. */
const MOST_CERTIFICATES = 10;

export async function startTls(socket: Socket, request: TlsRequest): Promise<{ outcome: TlsOutcome; stream: TLSSocket | null }> {
  return await new Promise((resolve) => {
    const stream = connect({
      socket,
      rejectUnauthorized: false,
      ecdhCurve: "X25519:prime256v1:secp384r1",
      minVersion: "TLSv1",
      ciphers: "DEFAULT:@SECLEVEL=0",
      ...(request.serverName === null ? {} : { servername: request.serverName }),
    });
    const settle = (outcome: TlsOutcome) => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", onAbort);
      stream.off("secureConnect", onSecure).off("error", onError).off("close", onClose);
      // The connection is its owner's to end: until then its facts can still be read.
      if (!outcome.ok) stream.on("error", () => undefined);
      resolve({ outcome, stream: outcome.ok ? stream : null });
    };
    const onAbort = () => settle({ ok: false, cause: "aborted", reason: "The probe was ended." });
    const timer = setTimeout(
      () => settle({ ok: false, cause: "timeout", reason: `The TLS handshake was not finished within ${seconds(request.timeoutMs)}.` }),
      request.timeoutMs,
    );
    request.signal?.addEventListener("abort", onAbort, { once: true });
    const onSecure = () => settle(describe(stream, request.serverName));
    const onError = (error: NodeJS.ErrnoException) => settle(explain(error));
    const onClose = () => settle({ ok: false, cause: "closed", reason: "The peer closed the connection during the TLS handshake." });
    stream.once("secureConnect", onSecure).once("error", onError).once("close", onClose);
  });
}

function describe(stream: TLSSocket, serverName: string | null): TlsOutcome {
  const peer = stream.getPeerCertificate(true);
  const chainError = stream.authorizationError;
  const nameError = serverName !== null && peer.subject !== undefined ? checkServerIdentity(serverName, peer) : undefined;
  return {
    ok: true,
    protocol: stream.getProtocol() ?? "unknown",
    cipher: stream.getCipher().name,
    authorizationError: chainError ? printable(String(chainError), 200) : nameError ? printable(nameError.message, 300) : null,
    certificate: peer.raw === undefined ? null : certificateFacts(peer),
  };
}

function certificateFacts(peer: DetailedPeerCertificate): Certificate {
  let chainBytes = 0;
  const seen = new Set<string>();
  for (let link: DetailedPeerCertificate | undefined = peer; link?.raw && !seen.has(link.fingerprint256); link = link.issuerCertificate) {
    if (seen.size >= MOST_CERTIFICATES) break;
    seen.add(link.fingerprint256);
    chainBytes += link.raw.length;
  }
  return {
    subject: distinguishedName(peer.subject),
    issuer: distinguishedName(peer.issuer),
    names: (peer.subjectaltname ?? "")
      .split(", ")
      .filter((name) => name !== "")
      .slice(0, MOST_NAMES)
      .map((name) => printable(name.replace(/^DNS:/, ""), 260)),
    notBefore: timestamp(peer.valid_from),
    notAfter: timestamp(peer.valid_to),
    fingerprint256: peer.fingerprint256,
    chainBytes,
  };
}

function distinguishedName(name: object | undefined): string {
  const parts = Object.entries(name ?? {}).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${key}=${one}`),
  );
  return printable(parts.join(", "), 300);
}

function timestamp(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? printable(text, 60) : time.toISOString();
}

function explain(error: NodeJS.ErrnoException): TlsOutcome {
  if (error.code === "ECONNRESET" && /before secure TLS connection/.test(error.message)) {
    return { ok: false, cause: "closed", reason: "The peer closed the connection during the TLS handshake." };
  }
  if (error.code === "ECONNRESET" || error.code === "EPIPE") {
    return { ok: false, cause: "reset", reason: "The peer reset the connection during the TLS handshake." };
  }
  return { ok: false, cause: "tls", reason: `The TLS handshake failed: ${printable(reasonOf(error), 200)}.` };
}

/** OpenSSL's own words without its source file and line. */
function reasonOf(error: NodeJS.ErrnoException & { reason?: string }): string {
  return error.reason ?? error.code ?? error.message;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
