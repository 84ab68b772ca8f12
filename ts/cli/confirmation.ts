import { createInterface } from 'node:readline/promises';

import { ConfigurationError } from '../environment/configuration-error';

/** The user was asked and did not agree. */
export class NotConfirmedError extends Error {
  override readonly name = 'NotConfirmedError';
}

/**
 * Asks before something that cannot be taken back, on the terminal.
 *
 * @throws `ConfigurationError` where nobody can be asked and `--yes` was not given; `NotConfirmedError` for any answer but yes.
 */
export async function confirm(what: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) {
    return;
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new ConfigurationError(`this would ${what}; add --yes to do it`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`This will ${what}. Go on? [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new NotConfirmedError('nothing was changed');
  }
}
