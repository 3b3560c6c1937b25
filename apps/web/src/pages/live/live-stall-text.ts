import type { LiveDelivery } from "@mxray/contracts";
import { formatCount } from "../../format/numbers.ts";

/** The kernel's evidence for a stall, with its figures. */
export function liveStallText(one: LiveDelivery): string {
  const { stall, inFlight, unsent, timeouts, sendMss, receiveMss, laterArrived, bytesReceived } = one;
  switch (stall) {
    case "unacknowledged":
      return [
        `${formatCount(inFlight)} bytes are not acknowledged after ${formatCount(timeouts)} retransmission timeouts.`,
        inFlight < sendMss ? "They fit one segment." : `Segments carry up to ${formatCount(sendMss)} bytes.`,
        laterArrived ? "The peer reports that later data arrived (SACK)." : "The peer reports nothing.",
      ].join(" ");
    case "gap":
      return `Later data arrived, but what follows byte ${formatCount(bytesReceived)} is missing. The peer's segments carried up to ${formatCount(receiveMss)} bytes.`;
    case "window-closed":
      return `The peer accepts no data: its receive window is closed, and ${formatCount(unsent)} bytes wait.`;
    case null:
      return "";
  }
}
