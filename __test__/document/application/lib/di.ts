const services = new Map<string, unknown>();

export function register(name: string, service: unknown): void {
  services.set(name, service);
}

/** The service of that name. */
// The document asks for some services without saying what they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const getService = <Service = any>(name: string): Promise<Service> =>
  Promise.resolve(services.get(name) as Service);
