/** An error as it travels between processes: its message, stack and own properties, as plain JSON values. */
export interface ErrorJson {
  message: string;
  [property: string]: unknown;
}

/** Takes an error apart; a property that leads back to an object around it becomes `[Circular]`. */
export function errorToJson(thrown: unknown): ErrorJson {
  if (!(thrown instanceof Error)) {
    return { message: messageOf(thrown) };
  }
  const { name, message, stack } = thrown;
  return { ...(plain(thrown, []) as object), name, message, stack };
}

/** Puts an error together again; its class is lost, its `name` is not. */
export function errorFromJson({ message, ...properties }: ErrorJson): Error {
  return Object.assign(new Error(message), properties);
}

/** What was thrown need not be an error: any object may carry a message. */
function messageOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(thrown);
}

function plain(value: unknown, around: readonly object[]): unknown {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'bigint' ? value.toString() : value;
  }
  if (around.includes(value)) {
    return '[Circular]';
  }
  const inside = [...around, value];
  if (Array.isArray(value)) {
    return value.map((item) => plain(item, inside));
  }
  const own = Object.entries(value).map(([name, property]) => [name, plain(property, inside)]);
  const described = value instanceof Error && around.length > 0 ? { name: value.name, message: value.message } : {};
  return { ...described, ...Object.fromEntries(own) };
}
