/** Prints the SMTP connections of whatever network namespace it was started in. */
import { mailSocketReader } from "@mxray/probe";

const result = mailSocketReader()();
if (!result.ok) throw new Error(result.reason);
process.stdout.write(JSON.stringify(result.connections.map(({ direction, peer }) => `${direction} ${peer.address}`)));
