import type { ReactNode } from "react";
import { ApiProblem } from "../api/client.ts";
import { Button } from "./button.tsx";
import { Message } from "./message.tsx";

/** A question to the server, as `useQuery` and its kin give it. */
interface Asked<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

type DataOf<Q extends readonly Asked<unknown>[]> = { [I in keyof Q]: Q[I] extends Asked<infer T> ? T : never };

/**
 * What the server answered, or that it is being asked, or why there is no answer. An answer stays when it cannot be had anew:
 * nobody is thrown off what they read or type because the server was away for a moment.
 */
export function Answers<const Q extends readonly Asked<unknown>[]>({
  to,
  instead,
  children,
}: {
  to: Q;
  /** What to do where there is no answer; default to ask again. */
  instead?: ReactNode;
  children: (...data: DataOf<Q>) => ReactNode;
}) {
  const problem =
    to.find(({ error, data }) => error !== null && data === undefined)?.error ?? to.find(({ error }) => error !== null)?.error;
  const again = () => {
    for (const { error, refetch } of to) if (error !== null) void refetch();
  };
  const data = to.map((one) => one.data);
  const whole = data.every((one) => one !== undefined);
  const action = (!whole && instead) || <Button onClick={again}>Try again</Button>;
  if (whole && problem != null && !isSilence(problem)) {
    return (
      <>
        <Message tone="warn" action={action}>
          Out of date: {problem.message}
        </Message>
        {children(...(data as DataOf<Q>))}
      </>
    );
  }
  if (whole) return children(...(data as DataOf<Q>));
  if (problem != null) {
    return (
      <Message tone="bad" action={action}>
        {problem.message}
      </Message>
    );
  }
  return <p className="py-12 text-center text-soft">Loading …</p>;
}

/** The page says by itself that the connection is lost (pages/frame/notices.tsx). */
function isSilence(problem: Error): boolean {
  return problem instanceof ApiProblem && problem.code === "unreachable";
}
