import { JobFields } from './job-fields';
import { LINES_PER_JOB, readJobRecord } from './job-record';
import { answer } from './native-answer';
import type { QueueLike } from './queue-like';
import type { JobJson, Untyped } from './types';

/** A child of a job. */
export interface DependencyItem {
  /** Full key of the child. */
  id: string;
  /** What it returned, if it completed. */
  v?: Untyped;
}

/** Some of the children of a job. */
export interface DependenciesPage {
  /** The children in the range. */
  items: DependencyItem[];
  /** Their jobs; those that were removed are left out. */
  jobs: JobJson[];
  /** How many children of this kind there are. */
  total: number;
}

/** Which children to read. */
interface DependenciesRange {
  type: 'processed' | 'pending';
  /** Position of the first. */
  start: number;
  /** Position of the last; -1 is the end. */
  end: number;
}

/** Reads some of the children of a job. */
export async function readDependencies(
  queue: QueueLike,
  parentId: string,
  { type, start, end }: DependenciesRange,
): Promise<DependenciesPage> {
  const isProcessed = type === 'processed';
  const lines = (await answer(queue.native.getDependencies(parentId, isProcessed, start, end))).split('\n');
  const { total, items } = JSON.parse(lines[0] ?? '') as { total: number; items: [id: string, value: Untyped][] };
  const jobs: JobJson[] = [];
  for (let first = 1; first + LINES_PER_JOB <= lines.length; first += LINES_PER_JOB) {
    jobs.push(JobFields.read(queue, readJobRecord(lines, first)).asJSON());
  }
  return {
    items: items.map(([id, v]): DependencyItem => (isProcessed ? { id, v: v as unknown } : { id })),
    jobs,
    total,
  };
}
