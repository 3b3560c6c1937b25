/** What every kind of channel gets, and gives back. */
import type { StoredChannel } from "@mxray/store";
import type { AlertMessage } from "../alert-message.ts";
import type { Caller } from "../guarded-call.ts";

export interface SendDeps {
  readonly call: Caller;
  readonly publicUrl: string;
}

/** Sends one alert. @returns what the receiver answered @throws CallTrouble where it did not take it */
export type AlertSender = (message: AlertMessage, channel: StoredChannel, deps: SendDeps) => Promise<string>;

export const JSON_BODY = { "content-type": "application/json" } as const;

/** Lets receivers recognise a repeat without reading the body. */
export function idHeader({ id }: Pick<AlertMessage, "id">): Record<string, string> {
  return { "x-mxray-alert-id": id };
}
