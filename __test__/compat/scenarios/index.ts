import type { Scenario } from '../scenario';
import { add, addWithDefaults, refusedAdds } from './add';
import { construction, workerOptions } from './construction';
import { delayed } from './delayed';
import { events, waitUntilFinished } from './events';
import { customSettings, getters, noSettings } from './getters';
import { bulk, customIds, lifo, priority } from './ids-and-order';
import { data, logs, missing, progress } from './job-details';
import { limits, pausing } from './pausing';
import { manual, processing } from './processing';
import { cleaningUp, draining, obliteration, removal } from './removal';
import { retention, workerRetention } from './retention';
import { retry, retryFinished } from './retry';
import { stalled } from './stalled';

/** Every scenario, by section. */
export const scenarios: readonly Scenario[] = [
  ...[add, addWithDefaults, refusedAdds, customIds, lifo, bulk, priority, delayed].flat(),
  ...[processing, manual, retry, retryFinished, retention, workerRetention, stalled, limits, pausing].flat(),
  ...[getters, customSettings, noSettings, progress, logs, data, missing].flat(),
  ...[removal, draining, cleaningUp, obliteration, events, waitUntilFinished, construction, workerOptions].flat(),
];
