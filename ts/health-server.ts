import { NativeHealthServer } from './native';
import { answer } from './native-answer';

/** Where health and metrics are served. */
export interface HealthServerOptions {
  /** Port; 0 takes a free one. */
  port: number;
  /** IP address to listen on, or `localhost`. Default `127.0.0.1`: nobody but this machine; `0.0.0.0` for everybody. */
  host?: string;
}

/** Servers that listen. They are held here, for nobody else need hold them, and a collected one stops. */
const listening = new Set<HealthServer>();

/** `/healthz`, `/readyz` and `/metrics` of this process, see {@link serveHealth}. */
export class HealthServer {
  private constructor(
    private readonly native: NativeHealthServer,
    /** The IP address it listens on. */
    readonly host: string,
    /** The port it listens on. */
    readonly port: number,
  ) {}

  /** @internal */
  static async listen({ port, host }: HealthServerOptions): Promise<HealthServer> {
    const native = new NativeHealthServer();
    const address = await answer(native.listen(port, host));
    const server = new HealthServer(native, address.host, address.port);
    listening.add(server);
    return server;
  }

  /** Stops listening. Also twice. */
  async close(): Promise<void> {
    listening.delete(this);
    await this.native.close();
  }
}

/**
 * Serves the health of all workers of this process over HTTP: `/healthz` answers while the process lives, `/readyz` while its
 * workers take jobs, `/metrics` in Prometheus' format.
 *
 * Answered on a native thread, also while JavaScript is blocked. Does not keep the process alive.
 *
 * ```ts
 * const health = await serveHealth({ port: 9090 });
 * ```
 *
 * @throws `EngineError` with the code `INVALID_HEALTH_PORT`, `INVALID_HEALTH_HOST` or `HEALTH_ADDRESS_UNAVAILABLE`.
 */
export function serveHealth(options: HealthServerOptions): Promise<HealthServer> {
  return HealthServer.listen(options);
}
