/**
 * E-mail, through the relay that the channel names: `smtp://[user@]host[:port]` with STARTTLS where it is offered, `smtps://…` with
 * TLS from the start. The secret is the password; it is sent only over TLS. The Message-ID holds the id of the alert, so a repeat
 * has the same one.
 */
import { printable } from "@mxray/contracts";
import { createTransport } from "nodemailer";
import { type AlertMessage, alertLines, alertTitle } from "../alert-message.ts";
import { CallTrouble, guardedAddress, isAddress } from "../call-address.ts";
import { CALL_LIMIT_MS } from "../guarded-call.ts";
import type { AlertSender } from "./sender.ts";

const MOST_SHOWN = 300;

export const sendEmail: AlertSender = async (message, channel) => {
  const { protocol, hostname, port, username } = new URL(channel.url);
  const isImplicit = protocol === "smtps:";
  const transport = createTransport({
    // Resolved here, so that the address that is checked is the one that is used.
    host: await guardedAddress(hostname),
    port: port === "" ? (isImplicit ? 465 : 25) : Number(port),
    secure: isImplicit,
    ...(username === "" ? {} : { requireTLS: true, auth: { user: decodeURIComponent(username), pass: channel.secret ?? "" } }),
    tls: { ...(isAddress(hostname) ? {} : { servername: hostname }), rejectUnauthorized: username !== "" },
    connectionTimeout: CALL_LIMIT_MS,
    greetingTimeout: CALL_LIMIT_MS,
    socketTimeout: CALL_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { response } = await transport.sendMail(mailOf(message, channel.from ?? "", channel.to));
    return printable(response, MOST_SHOWN);
  } catch (error) {
    throw new CallTrouble(`The relay did not take it: ${printable((error as Error).message, MOST_SHOWN)}`);
  } finally {
    transport.close();
  }
};

function mailOf(message: AlertMessage, from: string, to: readonly string[]) {
  const domain = from.slice(from.lastIndexOf("@") + 1);
  const thread = `<${message.key}@${domain}>`;
  return {
    from: { name: "mxray", address: from },
    to: [...to],
    subject: `[mxray] ${alertTitle(message)}`,
    text: `${alertLines(message).join("\n")}\n`,
    messageId: `<${message.id}@${domain}>`,
    references: thread,
    date: new Date(message.sentAt),
    headers: { "Auto-Submitted": "auto-generated", "X-Mxray-Alert-Id": message.id },
  };
}
