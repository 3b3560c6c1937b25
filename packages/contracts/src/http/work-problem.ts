/** Work of the server itself that is not done at the moment. */
import Type, { type Static } from "typebox";
import { SERVER_WORKS, type ServerWork } from "../terms/work-terms.ts";

/** One kind of work that is not done, and why. */
export const WorkProblem = Type.Object({
  work: Type.Enum([...SERVER_WORKS] as [ServerWork, ...ServerWork[]]),
  message: Type.String({ description: "what is not done and why, as sentences" }),
  since: Type.String({ format: "date-time" }),
});
export type WorkProblem = Static<typeof WorkProblem>;
