import { toFailure } from './failure';
import { stringifyValue } from './job-data';
import { JobMoves } from './job-moves';
import { linesOf, type RunEnd } from './job-runner';
import { answer } from './native-answer';
import type { JobProgress } from './types';

/** What a finish answers that takes the next job: its fields, its id, ms until the rate limit ends, time of the next delayed job. */
export type NextJobData = [jobData: object | undefined, id: string | undefined, limitDelay: number, delayUntil: number];
