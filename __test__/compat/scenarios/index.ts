import type { Scenario } from '../scenario';
import { add, addWithDefaults, refusedAdds, refusedIds } from './add';
import { construction, workerOptions } from './construction';
import { controlFlow } from './control-flow';
import { deduplication, deduplicationKeys } from './deduplication';
import { delayed } from './delayed';
import { events, waitUntilFinished } from './events';
import { addingFlows, flowsOfExistingJobs, refusedFlows } from './flows-adding';
import { failingChildren, retryingChildren, runningFlows, waitingForChildren } from './flows-processing';
import { readingFlows, removingFlows, untyingChildren } from './flows-reading';
import { customSettings, getters, noSettings } from './getters';
import { manual } from './manual';
import { housekeeping } from './housekeeping';
import { bulk, customIds, lifo, priority } from './ids-and-order';
import { data, logs, missing, progress } from './job-details';
import { limits } from './limits';
import { pausing } from './pausing';
import { plainJavaScript } from './plain-javascript';
import { processing } from './processing';
import { endsByHand, processors, returnedValues, thrownValues } from './processor-values';
import { cleaningUp, draining, obliteration, removal } from './removal';
import { retention, workerRetention } from './retention';
import { retry, retryFinished } from './retry';
import { sandbox } from './sandbox';
import { defaultedIterations, iterations, strategies, strategyAnswers } from './scheduler-runs';
import { schedulerGetters, schedulerJobs, schedulerObject, schedulerRemoval } from './scheduler-management';
import * as upserts from './scheduler-upsert';
import { stalled } from './stalled';
import { telemetryOfQueues, telemetryOfWorkers } from './telemetry';
import { telemetryOfFlows, telemetryOfSchedulers } from './telemetry-of-trees';

/** Every scenario, by section. */
export const scenarios: readonly Scenario[] = [
  ...[add, addWithDefaults, refusedIds, refusedAdds, customIds, lifo, bulk, priority, delayed].flat(),
  ...[
    processing,
    manual,
    controlFlow,
    retry,
    retryFinished,
    retention,
    workerRetention,
    stalled,
    limits,
    pausing,
  ].flat(),
  ...[thrownValues, returnedValues, processors, endsByHand].flat(),
  ...[telemetryOfQueues, telemetryOfWorkers, telemetryOfFlows, telemetryOfSchedulers, sandbox].flat(),
  ...[getters, customSettings, noSettings, progress, logs, data, missing].flat(),
  ...[housekeeping, plainJavaScript].flat(),
  ...[removal, draining, cleaningUp, obliteration, events, waitUntilFinished, construction, workerOptions].flat(),
  ...[upserts.everyUpsert, upserts.everyReplaced, upserts.collisions, upserts.patternUpsert].flat(),
  ...[upserts.refusedSchedules, upserts.refusedTemplates].flat(),
  ...[iterations, defaultedIterations, strategies, strategyAnswers].flat(),
  ...[schedulerGetters, schedulerObject, schedulerRemoval, schedulerJobs].flat(),
  ...[deduplication, deduplicationKeys].flat(),
  ...[addingFlows, refusedFlows, flowsOfExistingJobs, runningFlows, failingChildren, waitingForChildren].flat(),
  ...[retryingChildren, readingFlows, untyingChildren, removingFlows].flat(),
];
