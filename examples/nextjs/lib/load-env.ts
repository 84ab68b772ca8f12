import { loadEnvConfig } from '@next/env';

// Scripts and the worker read the .env files that Next.js reads.
loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', { info: () => undefined, error: console.error });
