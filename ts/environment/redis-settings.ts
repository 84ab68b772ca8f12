import type { RedisOptions } from '../options/connection-options';
import { ConfigurationError } from './configuration-error';
import type { Environment } from './environment';

const PROTOCOLS = ['redis:', 'rediss:', 'unix:'];
const PORTS = { min: 1, max: 65535 };

/** `REDIS_URL`, or else `REDIS_HOST`, `REDIS_PORT` and `REDIS_PASSWORD`. */
export function readRedisSettings(environment: Environment): RedisOptions {
  const url = environment.text('REDIS_URL');
  if (url === undefined) {
    return {
      host: environment.text('REDIS_HOST') ?? '127.0.0.1',
      port: environment.integer('REDIS_PORT', PORTS, 6379),
      password: environment.text('REDIS_PASSWORD'),
    };
  }
  return { url: checkedRedisUrl('REDIS_URL', url) };
}

/** A URL of a Redis. `source`: the variable or option it comes from. */
export function checkedRedisUrl(source: string, url: string): string {
  if (!URL.canParse(url) || !PROTOCOLS.includes(new URL(url).protocol)) {
    // The URL is not repeated: it may hold a password.
    throw ConfigurationError.of(source, 'a URL that begins with redis://, rediss:// or unix://');
  }
  return url;
}
