/** `mxray.probe/1`: a probe's observations and the findings computed from them. */
import Type, { type Static } from "typebox";
import { Finding } from "../finding.ts";
import { ProbeObservation } from "./observation.ts";

export const ProbeReport = Type.Interface([ProbeObservation], { findings: Type.Array(Finding) });
export type ProbeReport = Static<typeof ProbeReport>;
