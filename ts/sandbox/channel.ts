import type { FromChild, ToChild } from './messages';

/** How a child ended: with a code or by a signal. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The line to one child, whatever it runs in. */
export interface Channel {
  /** Sends a message; what is sent to a child that has ended is lost. */
  send(message: ToChild): void;
  /** Hands every message to `receive`. Called once. */
  onMessage(receive: (message: FromChild) => void): void;
  /** Resolves when the child has ended, however that came about. */
  readonly exit: Promise<ChildExit>;
  /** Ends the child; with `now`, without letting it clean up. Resolves when it has ended. */
  end(now: boolean): Promise<void>;
}
