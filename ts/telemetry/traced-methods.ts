import type { SpanKind } from './names';
import type { Attributes } from './telemetry';
import type { Tracing } from './tracing';

type Method = (...args: never[]) => unknown;

/** Names of the methods of an object. */
type MethodOf<T> = { [K in keyof T]-?: T[K] extends Method ? K : never }[keyof T];

/** How one method is traced. `args` are those of the call. */
export interface SpanRule<Args extends unknown[] = unknown[], Result = unknown> {
  /** Default: internal. */
  kind?: SpanKind;
  /** Default: the method's name. */
  operation?: string;
  /** What the span's name ends with. Default: the queue. */
  destination?(queueName: string, args: Args): string;
  /** Known before the call. */
  attributes?(args: Args): Attributes;
  /** The arguments of a call that adds jobs, which are to carry the span's context. */
  carrying?(args: Args, metadata: string): Args;
  /** Known after the call. */
  results?(result: Result, args: Args): Attributes;
  /** Context that the call finds in Redis; the span is then started after the call, as a child of it. */
  metadata?(result: Result): string | undefined;
}

/** Rules by method. */
export type SpanRules<T> = {
  [K in MethodOf<T>]?: T[K] extends (...args: infer Args) => infer Result ? SpanRule<Args, Awaited<Result>> : never;
};

/**
 * Puts traced methods before those of `target`, which stay as they are: an object without telemetry pays nothing.
 *
 * A traced method calls the one of the object's class, so that subclasses and replaced prototypes keep their effect.
 */
export function traceMethods(
  target: object,
  rules: Record<string, SpanRule>,
  tracing: Tracing,
  ownAttributes?: Attributes,
): void {
  const prototype = Object.getPrototypeOf(target) as Record<string, Method>;
  for (const [name, rule] of Object.entries(rules)) {
    Object.defineProperty(target, name, {
      configurable: true,
      writable: true,
      value(this: object, ...args: unknown[]) {
        return traced(tracing, { name, rule, args, ownAttributes }, (actual) =>
          Reflect.apply(prototype[name] as Method, this, actual),
        );
      },
    });
  }
}

interface TracedCall {
  name: string;
  rule: SpanRule;
  args: unknown[];
  ownAttributes: Attributes | undefined;
}

async function traced(
  tracing: Tracing,
  { name, rule, args, ownAttributes }: TracedCall,
  call: (args: unknown[]) => unknown,
): Promise<unknown> {
  const request = {
    operation: rule.operation ?? name,
    destination: rule.destination?.(tracing.queueName, args),
    kind: rule.kind,
    attributes: { ...ownAttributes, ...rule.attributes?.(args) },
  };
  if (rule.metadata) {
    const outcome = await outcomeOf(() => call(args));
    return tracing.run(
      { ...request, metadata: outcome.value === undefined ? undefined : rule.metadata(outcome.value) },
      (span) => {
        if ('error' in outcome) {
          throw outcome.error;
        }
        tracing.guard(() => span?.set(rule.results?.(outcome.value, args)));
        return outcome.value;
      },
    );
  }
  return tracing.run(request, async (span) => {
    const carrying = span && tracing.guard(() => rule.carrying?.(args, span.metadata));
    const result = await call(carrying ?? args);
    tracing.guard(() => span?.set(rule.results?.(result, args)));
    return result;
  });
}

/** What a call answered or threw. */
async function outcomeOf(call: () => unknown): Promise<{ value?: unknown; error?: unknown }> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}
