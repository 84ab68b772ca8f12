import type { JobMethod, JobFieldsJson } from '../messages';
import { JOB_METHODS } from '../messages';

/** A job in a child: its fields, and methods that its parent carries out. */
export type ChildJob = JobFieldsJson & Record<JobMethod, (...args: unknown[]) => Promise<unknown>>;

/** Asks the parent to call a method of the job. */
export type AskParent = (method: JobMethod, args: unknown[]) => Promise<unknown>;

/** Methods that change the job change the child's copy as well. */
const LOCAL_FIELD: Partial<Record<JobMethod, 'data' | 'progress'>> = { updateData: 'data', updateProgress: 'progress' };

/** Methods that answer nothing, whatever the parent's answers. */
const SILENT: ReadonlySet<JobMethod> = new Set([
  ...(['updateProgress', 'updateData', 'log', 'moveToDelayed', 'moveToWait'] as const),
]);

/** The job that a processor's file is handed. */
export function childJob(fields: JobFieldsJson, ask: AskParent): ChildJob {
  const job = { ...fields, returnValue: fields['returnvalue'] } as unknown as ChildJob;
  for (const method of JOB_METHODS) {
    job[method] = async (...args) => {
      const field = LOCAL_FIELD[method];
      if (field) {
        job[field] = args[0];
      }
      const answer = await ask(method, args);
      return SILENT.has(method) ? undefined : answer;
    };
  }
  return job;
}
