/** What a verdict on a run rests on. */
import type { StressOptions, StressPercentiles, StressStage } from "@mxray/contracts";
import type { Calibration } from "../load/calibration.ts";
import type { LoadResult } from "../load/load-run.ts";

export interface LoadEvidence {
  readonly options: StressOptions;
  readonly calibration: Calibration;
  readonly result: LoadResult;
  /** One message before the load, alone: milliseconds of each stage. */
  readonly alone: Readonly<Partial<Record<StressStage, StressPercentiles>>>;
  /** Of the target's machine during the load: the mean of each reading but the first; null where it cannot be seen. */
  readonly host: Readonly<Record<string, number>> | null;
  /** The same before the load: what presses the machine then is none of the load's doing. */
  readonly hostBefore: Readonly<Record<string, number>> | null;
}
