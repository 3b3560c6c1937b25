/** What an admin types for a load becomes what the server is asked for. */
import type { StressRequest } from "@mxray/contracts";

export const SHAPES = {
  free: "As fast as the sessions go",
  hold: "Hold a rate",
  ramp: "Raise the rate",
  steps: "Raise it in steps",
  spike: "Spike",
} as const;
export type Shape = keyof typeof SHAPES;

export interface LoadDraft {
  readonly target: string;
  readonly confirm: string;
  readonly sessions: string;
  readonly perSession: string;
  /** Whether messages or seconds end the run. */
  readonly until: "messages" | "seconds";
  readonly amount: string;
  readonly shape: Shape;
  readonly rate: string;
  /** Seconds of a ramp, number of steps, factor of a spike. */
  readonly turn: string;
  readonly size: string;
  readonly sizeMost: string;
  readonly recipient: string;
  readonly starttls: boolean;
  readonly lmtp: boolean;
  readonly pipelining: boolean;
}

export const NEW_LOAD: LoadDraft = {
  target: "",
  confirm: "",
  sessions: "10",
  perSession: "1",
  until: "seconds",
  amount: "30",
  shape: "free",
  rate: "50",
  turn: "20",
  size: "4096",
  sizeMost: "",
  recipient: "",
  starttls: false,
  lmtp: false,
  pipelining: true,
};

export function requestOf(draft: LoadDraft): StressRequest {
  const amount = Number(draft.amount);
  const least = Number(draft.size);
  const turn = Number(draft.turn);
  return {
    target: draft.target,
    confirm: draft.confirm,
    load: {
      sessions: Number(draft.sessions),
      perSession: Number(draft.perSession),
      ...(draft.until === "messages" ? { messages: amount } : { seconds: amount }),
      ...(draft.shape === "free" ? {} : { rate: Number(draft.rate) }),
      ...(draft.shape === "ramp"
        ? { ramp: turn }
        : draft.shape === "steps"
          ? { steps: turn }
          : draft.shape === "spike"
            ? { spike: turn }
            : {}),
      size: { least, most: draft.sizeMost.trim() === "" ? least : Number(draft.sizeMost) },
      ...(draft.recipient.trim() === "" ? {} : { recipients: draft.recipient.split(/[\s,]+/).filter((one) => one !== "") }),
      starttls: draft.starttls,
      lmtp: draft.lmtp,
      pipelining: draft.pipelining,
    },
  };
}
