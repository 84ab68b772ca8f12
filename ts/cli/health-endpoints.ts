import { EngineError } from '../errors';
import { serveHealth } from '../health-server';
import { ConfigurationError } from '../environment/configuration-error';
import type { Environment } from '../environment/environment';
import type { Log } from './log';

/** Where health and metrics are served. */
export interface HealthSettings {
  /** 0 takes a free port. */
  port: number;
  /** The engine's default if absent. */
  host: string | undefined;
}

const PORTS = { min: 0, max: 65_535 };

/** The variable that is to blame, by the code of the error. */
const VARIABLES: Readonly<Record<string, string>> = {
  HEALTH_ADDRESS_UNAVAILABLE: 'HEALTH_PORT',
  INVALID_HEALTH_HOST: 'HEALTH_HOST',
};

/** `HEALTH_PORT` and `HEALTH_HOST`; `undefined` if nothing is to be served. */
export function readHealthSettings(environment: Environment): HealthSettings | undefined {
  if (environment.text('HEALTH_PORT') === undefined) {
    return undefined;
  }
  return { port: environment.integer('HEALTH_PORT', PORTS, 0), host: environment.text('HEALTH_HOST') };
}

/**
 * Serves the endpoints until the process ends: they tell how it drains as well.
 *
 * @throws `ConfigurationError` naming the variable that cannot work.
 */
export async function openHealthEndpoints(settings: HealthSettings | undefined, log: Log): Promise<void> {
  if (settings === undefined) {
    return;
  }
  const { port, host } = settings;
  try {
    const server = await serveHealth({ port, ...(host !== undefined && { host }) });
    const authority = server.host.includes(':') ? `[${server.host}]` : server.host;
    const url = `http://${authority}:${server.port}`;
    log.info(`Worker: health on ${url}/healthz, /readyz and /metrics`, { event: 'health', url });
  } catch (error) {
    const variable = error instanceof EngineError ? VARIABLES[error.code] : undefined;
    throw variable === undefined
      ? error
      : new ConfigurationError(`${variable}: ${(error as Error).message}`, { cause: error });
  }
}
