/** What a load may be, whatever is asked for: hard caps, and recipients only where the target's line allows them. */
import type { StressOptions } from "@mxray/contracts";
import { LEAST_BYTES, MOST_BYTES, MOST_MESSAGES, MOST_RATE, MOST_SECONDS, MOST_SESSIONS } from "../load/load-plan.ts";
import { type StressTarget, StressTargetError } from "./target-file.ts";

const MOST_RECIPIENTS = 100;
/** RFC 5321 §4.5.3.1.3; nothing that could end a command or begin another. */
const ADDRESS = /^[^\s<>"\\@]{1,64}@([A-Za-z0-9.-]{1,253})$/;

/** What somebody asks for; what is left out is filled in. */
export type LoadRequest = Partial<StressOptions>;

/** @throws StressTargetError naming the first value that is not allowed */
export function allowedLoad(request: LoadRequest, target: StressTarget, helo: string): StressOptions {
  const { messages = null, seconds = null } = request;
  const options: StressOptions = {
    sessions: 10,
    perSession: 1,
    rate: null,
    ramp: 0,
    steps: 0,
    spike: 1,
    size: { least: 4096, most: 4096 },
    from: "",
    recipients: [`mxray-stress@${target.recipientDomains[0]}`],
    helo,
    starttls: false,
    lmtp: false,
    pipelining: true,
    timeoutSeconds: 60,
    seed: 1,
    ...request,
    messages: messages === null && seconds === null ? 1000 : messages,
    seconds,
  };
  within("sessions", options.sessions, 1, MOST_SESSIONS);
  within("messages per session", options.perSession, 1, MOST_MESSAGES);
  if (options.messages !== null) within("messages", options.messages, 1, MOST_MESSAGES);
  if (options.seconds !== null) within("seconds", options.seconds, 1, MOST_SECONDS);
  if (options.rate !== null) within("rate", options.rate, 0.01, MOST_RATE);
  within("ramp", options.ramp, 0, MOST_SECONDS);
  within("steps", options.steps, 0, 100);
  within("spike", options.spike, 1, 100);
  within("size", options.size.least, LEAST_BYTES, MOST_BYTES);
  within("size", options.size.most, options.size.least, MOST_BYTES);
  within("seconds to wait for an answer", options.timeoutSeconds, 1, 600);
  if (options.rate === null && (options.ramp > 0 || options.steps > 0 || options.spike > 1))
    throw new StressTargetError("A ramp, steps or a spike need a rate: they say how it changes.");
  if (options.steps > 0 && options.spike > 1) throw new StressTargetError("Steps and a spike exclude each other.");
  checkAddresses(options, target);
  return options;
}

function within(what: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most))
    throw new StressTargetError(
      `The ${what} must be from ${least.toLocaleString("en")} to ${most.toLocaleString("en")}, not ${value.toLocaleString("en")}.`,
    );
}

function checkAddresses({ from, recipients, helo }: StressOptions, target: StressTarget): void {
  if (from !== "" && !ADDRESS.test(from)) throw new StressTargetError(`'${from}' is no sender address.`);
  // The operator of the target sees in each connection what it is.
  if (!/^mxray-stress[.-][A-Za-z0-9.-]{1,240}$/i.test(helo))
    throw new StressTargetError(
      `The name for HELO begins with 'mxray-stress.', so that the target's operator sees what connects; '${helo}' does not.`,
    );
  if (recipients.length < 1 || recipients.length > MOST_RECIPIENTS)
    throw new StressTargetError(`A message takes 1 to ${MOST_RECIPIENTS} recipients, not ${recipients.length}.`);
  for (const recipient of recipients) {
    const domain = ADDRESS.exec(recipient)?.[1]?.toLowerCase();
    if (domain === undefined || !target.recipientDomains.includes(domain))
      throw new StressTargetError(
        `'${recipient}' is not in ${target.recipientDomains.join(" or ")}, the only domain${target.recipientDomains.length > 1 ? "s" : ""} that ${target.text} may be sent test messages for.`,
      );
  }
}
