import { block } from './blocks';

/** Who does the work: code of the document, or what this package brings for it. */
export type Variant = 'own' | 'built-in';

const SAMPLE = "{ title: 'New message', body: 'Hello' }";

/** Fills in what the document leaves out as `...`. */
function whole(code: string): string {
  return code
    .replaceAll('({ ... })', `({ userId: 'user_456', payload: ${SAMPLE} })`)
    .replaceAll('payload: { ... }', `payload: ${SAMPLE}`)
    .replaceAll(', ... }', `, payload: ${SAMPLE} }`);
}

/** Statements that the document shows outside of a function. */
function inFunction(head: string, code: string): string {
  return `export async function ${head} {\n${whole(code)}}\n`;
}

const QUEUES = `
import { Queue, QUEUE_NAMES } from '@synapse/queue';
import { redisConnection } from '../redis';
${block('export const JOB_TYPES')}
${block('export const pushNotificationQueue')}
${block('export const fileProcessingQueue')}
${block('export const emailQueue')}`;

const PROCESSORS = `
import type { Job } from '@synapse/queue';
import sharp from 'sharp';
import { logger } from '../logger';
import nodemailer from '../nodemailer';
import { prisma } from '../prisma';
import { readFileFromStorage, uploadToStorage } from '../storage';
import webpush from '../webpush';
${block('export async function processPushNotification')}
${block('export async function processImage')}
${block('export async function processSendEmail')}`;

/** The class, with the method that step 5 adds to it. */
function queueServiceClass(): string {
  const addition = block('// ... existing methods ...').replace(/^.*\/\/ \.\.\. existing methods \.\.\.\n/s, '');
  return block('constructor(private logger: ILogger) {}').replace(/}\n$/, addition);
}

const QUEUE_SERVICE = `
import type { Job } from '@synapse/queue';
import type { ILogger } from '../logger';
import { emailQueue, fileProcessingQueue, JOB_TYPES, pushNotificationQueue } from './queues';
${queueServiceClass()}`;

const SERVICE_IMPORTS = `
import type { ILogger } from '../logger';
import type { QueueService } from '../queue/queue-service';
import type { RoomRepository, UserRepository } from '../repositories';
import type { PushService } from './push.service';
`;

const ROUTE_IMPORTS = `
import { NextRequest, NextResponse } from 'next/server';
import { getService } from '@/lib/di';
import type { QueueService } from '@/lib/queue/queue-service';
import type { Message } from '@/lib/services/message.service';
`;

/** Routes of the introduction; they take a message that was created already. */
function introducedRoute(code: string): string {
  return `${ROUTE_IMPORTS}
const userId = 'user_456';
const data = { roomId: 'garden', senderId: 'user_1', content: 'Hello' };
const createMessage = async (message: Message) => message;
const sendPushNotification = async (user: string, message: Message) => { await queueService.addPushNotification({ userId: user, payload: { title: 'New Message', body: message.content } }); };
let queueService: QueueService;
export async function prepare() { queueService = await getService<QueueService>('queueService'); }
${code}`;
}

/** Step 4, for other queues and jobs as well. */
function registered(name: string, queue: string, cases: Record<string, string>): string {
  const lines = Object.entries(cases).map(([type, call]) => `case JOB_TYPES.${type}:\n return await ${call}(job);\n`);
  return block('const emailWorker')
    .replaceAll('emailWorker', name)
    .replace("'email', // Queue name", `'${queue}',`)
    .replace(/case JOB_TYPES\.SEND_EMAIL:\n.*\n/, lines.join(''));
}

const WORKER_JOBS = {
  own: "import { processImage, processPushNotification, processSendEmail } from '../lib/queue/job-processors';\nimport { JOB_TYPES } from '../lib/queue/queues';",
  'built-in':
    "import { JOB_TYPES, processBatchPushNotification, processImage, processPushNotification, processSendEmail } from '@synapse/queue';",
};

function workerModule(variant: Variant): string {
  const batch = variant === 'built-in' && { BATCH_PUSH_NOTIFICATION: 'processBatchPushNotification' };
  return `
import { Worker } from '@synapse/queue';
import { logger } from '../lib/logger';
import { redisConnection } from '../lib/redis';
${WORKER_JOBS[variant]}
${block('const emailWorker')}
${registered('pushWorker', 'push-notifications', { PUSH_NOTIFICATION: 'processPushNotification', ...batch })}
${registered('fileWorker', 'file-processing', { PROCESS_IMAGE: 'processImage' })}`;
}

const MONITORING = `
import type { QueueService } from './queue/queue-service';
import { pushNotificationQueue } from './queue/queues';
${inFunction('status(queueService: QueueService)', `${block('// Check job status')}return { job, state, progress, result };\n`)}
${inFunction('stats(jobId: string)', `${block('// Get queue stats')}return { counts, failedJobs };\n`)}`;

const SERVER = `
import express from 'express';
import { fileProcessingQueue, pushNotificationQueue } from '../lib/queue/queues';
export const app = express();
${block('@bull-board/api/bullMQAdapter')}`;

const PRACTICES = `
import type { Job, QueueService } from '@synapse/queue';
import { NextResponse } from 'next/server';
import { getService } from './di';
import { logger } from './logger';
import { fileProcessingQueue, pushNotificationQueue } from './queue/queues';
export const processed = new Set<string>();
const checkIfProcessed = async (id: string) => processed.has(id);
${inFunction('useQueueService()', block("await getService('queueService')"))}
${block('checkIfProcessed').replace('// Process...', 'processed.add(job.data.id);')}
${block('export async function processJob').replace('// Process job...', "if (job.data.isBroken) throw new Error('broken');")}
${inFunction('limitRetries(data: object)', block('// Expensive operations: fewer retries'))}
export const retention = {\n${block('// Remove completed jobs after 24 hours')}};
${inFunction('doNotWait(queueService: QueueService)', block('// ✅ GOOD: Fire and forget'))}
${inFunction('doNotLoop(queueService: QueueService, users: { id: string }[])', block('// ✅ GOOD: Batch job'))}
${inFunction('doNotStoreBytes(queueService: QueueService, largeBuffer: Buffer)', block('largeBuffer').split('// ✅')[0] ?? '')}
${inFunction('storePath(queueService: QueueService)', block('largeBuffer').replace(/^.*\/\/ ✅ GOOD/s, '// ✅ GOOD'))}`;

/** The modules that the document shows, by path: its blocks under the imports that it leaves out. */
export function modules(variant: Variant): Record<string, string> {
  return {
    'lib/queue/queues.ts': QUEUES,
    'lib/queue/job-processors.ts': PROCESSORS,
    'lib/queue/queue-service.ts':
      variant === 'own' ? QUEUE_SERVICE : "export { QueueService } from '@synapse/queue';\n",
    'lib/services/message-notification.service.ts': SERVICE_IMPORTS + block('export class MessageNotificationService'),
    'lib/services/user.service.ts': SERVICE_IMPORTS + block('export class UserService'),
    'lib/monitoring.ts': MONITORING,
    'lib/practices.ts': PRACTICES,
    'app/api/messages/route.ts': ROUTE_IMPORTS.replace(/.*getService.*\n/, '') + block('// app/api/messages/route.ts'),
    'app/api/slow/route.ts': introducedRoute(block('// ❌ BAD: Blocks API response')),
    'app/api/fast/route.ts': introducedRoute(block('// ✅ GOOD: Fast response, background processing')),
    'backend/worker.ts': workerModule(variant),
    'backend/server.js': SERVER,
  };
}
