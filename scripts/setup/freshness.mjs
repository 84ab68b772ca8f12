import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * When the newest of these files or folders was changed, in ms since the epoch; 0 when none exists.
 *
 * `skip` names folders that do not count, at any depth.
 */
export function newestChange(paths, skip = []) {
  return Math.max(0, ...paths.map((path) => changeOf(path, skip)));
}

function changeOf(path, skip) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  const children = readdirSync(path).filter((name) => !skip.includes(name));
  return newestChange(
    children.map((name) => join(path, name)),
    skip,
  );
}
