import type { Attributes, Exception, Span, Telemetry } from './telemetry';

/** A span that has been started, and the context in which it is the current one. */
export class OpenSpan {
  private readonly context: unknown;

  /** @param parent context of the span's parent; the current context if absent */
  constructor(
    private readonly telemetry: Telemetry,
    private readonly span: Span,
    parent: unknown,
  ) {
    this.context = span.setSpanOnContext(parent ?? telemetry.contextManager.active());
  }

  /** The text that makes what a job leads to a child of this span, in whatever process. */
  get metadata(): string {
    return this.telemetry.contextManager.getMetadata(this.context);
  }

  /** Runs `work`, and all that follows from it, inside the span. */
  in<T>(work: () => T): T {
    return this.telemetry.contextManager.with(this.context, work);
  }

  set(attributes: Attributes | undefined): void {
    if (attributes) {
      this.span.setAttributes(attributes);
    }
  }

  event(name: string, attributes: Attributes): void {
    this.span.addEvent(name, attributes);
  }

  exception(exception: unknown): void {
    this.span.recordException(exception as Exception);
  }

  end(): void {
    this.span.end();
  }
}
