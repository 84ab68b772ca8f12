import { join } from 'node:path';

import { run } from '../../scripts/setup/terminal.mjs';

const FOLDER = join(import.meta.dirname, '..', 'rust-peer');

/** The program that measures the Rust crate `bullmq-official`, in a cargo project of its own. */
export const RUST_PEER = join(FOLDER, 'target', 'release', 'rust-peer');

/** Builds {@link RUST_PEER}; resolves to why it cannot be built, if so. */
export async function buildRustPeer() {
  const manifest = join(FOLDER, 'Cargo.toml');
  const cargo = ['cargo', 'build', '--release', '--quiet', '--locked', '--manifest-path', manifest];
  try {
    // A target that the environment names would put the program elsewhere.
    await run('env', ['-u', 'CARGO_BUILD_TARGET', 'nice', '-n', '19', ...cargo], {
      purpose: 'build the peer in Rust',
      env: { CARGO_TARGET_DIR: join(FOLDER, 'target') },
    });
    return undefined;
  } catch (error) {
    return error.message;
  }
}
