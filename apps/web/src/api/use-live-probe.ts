import type { LiveEvent, ProbeSummary } from "@mxray/contracts";
import { useEffect, useReducer, useState } from "react";
import { foldEvent, type LiveProbe, NOTHING_YET } from "./host-view.ts";

export type LiveState = LiveProbe & {
  /** The connection to the server is lost, and being made again. */
  readonly interrupted: boolean;
};

type Action = LiveEvent | { readonly type: "begin" } | { readonly type: "connection"; readonly interrupted: boolean };

function reduce(state: LiveState, action: Action): LiveState {
  if (action.type === "begin") return { ...NOTHING_YET, interrupted: false };
  if (action.type === "connection") return { ...state, interrupted: action.interrupted };
  return action.type === "probe-event" ? { ...foldEvent(state, action.event), interrupted: false } : state;
}

export function hasEnded({ status }: Pick<ProbeSummary, "status">): boolean {
  return status === "done" || status === "cancelled" || status === "failed";
}

/** Follows a probe while `active`, and calls `onEnd` once when it ends. */
export function useLiveProbe(id: string, active: boolean, onEnd: () => void): LiveState {
  const [state, dispatch] = useReducer(reduce, { ...NOTHING_YET, interrupted: false });
  // A probe that was begun anew (after a restart of the server) tells its story from the beginning.
  const [run, setRun] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` is what begins anew
  useEffect(() => {
    if (!active) return;
    dispatch({ type: "begin" });
    let startedAt: string | null = null;
    const source = new EventSource(`/api/v1/events?probe=${encodeURIComponent(id)}`);
    const receive = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as LiveEvent;
      dispatch(event);
      if (event.type !== "probe") return;
      if (hasEnded(event.probe)) {
        source.close();
        onEnd();
      } else if (startedAt !== null && event.probe.startedAt !== startedAt) {
        source.close();
        setRun((before) => before + 1);
      }
      startedAt = event.probe.startedAt;
    };
    source.addEventListener("probe", receive);
    source.addEventListener("probe-event", receive);
    source.addEventListener("open", () => dispatch({ type: "connection", interrupted: false }));
    source.addEventListener("error", () => dispatch({ type: "connection", interrupted: true }));
    return () => source.close();
  }, [id, active, onEnd, run]);
  return state;
}
