import type { NextConfig } from 'next';

const config: NextConfig = {
  // Loaded by Node as they are: a native addon, and a dashboard that looks for its files beside itself.
  serverExternalPackages: ['@synapse/queue', 'bullmq', '@bull-board/api', '@bull-board/hono'],
  // `npm run build:standalone`: .next/standalone holds all that the server needs.
  output: process.env.BUILD_STANDALONE ? 'standalone' : undefined,
  outputFileTracingIncludes: { '/admin/queues/*': ['./node_modules/@bull-board/ui/**'] },
  turbopack: { root: __dirname },
  outputFileTracingRoot: __dirname,
};

export default config;
