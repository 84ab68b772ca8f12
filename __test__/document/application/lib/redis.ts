export const redisConnection = { url: process.env['REDIS_URL'] ?? '' };
