'use strict';

const { version } = require('./package.json');

/** Systems that a package of the addon is published for. */
const SYSTEMS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-x64-msvc',
];

try {
  module.exports = require('./native.js');
} catch (error) {
  throw explained(error);
}

/** The loader's error, which tells every place it looked in, under a message that tells what is wrong and what to do. */
function explained(error) {
  const failures = chainOf(error.cause);
  if (failures.length === 0) return error;
  const explanation = new Error(reason(failures), { cause: error.cause });
  explanation.code = 'ADDON_NOT_LOADED';
  return explanation;
}

function reason(failures) {
  const messages = failures.map(({ message }) => message);
  const missing = messages.filter((message) => message.startsWith('Cannot find module'));
  // A binary that is there and does not load is the reason, wherever else none was found.
  const broken = messages.find((message) => !missing.includes(message) && !message.startsWith('Unsupported '));
  if (broken) return `the native addon of @synapse/queue does not load on ${here()}: ${broken}`;
  const system = missing
    .map((message) => /'@synapse\/queue-([^'/]+)'/.exec(message)?.[1])
    .find((name) => SYSTEMS.includes(name));
  if (!system) return `@synapse/queue has no native addon for ${here()}; there is one for ${SYSTEMS.join(', ')}`;
  return (
    `@synapse/queue needs the package @synapse/queue-${system}, which is not installed: optional dependencies were left ` +
    'out, or the lockfile or node_modules come from another system. ' +
    `Install without --omit=optional, or run: npm install @synapse/queue-${system}@${version}`
  );
}

function chainOf(error) {
  const failures = [];
  for (let failure = error; failure instanceof Error; failure = failure.cause) failures.push(failure);
  return failures;
}

function here() {
  return `${process.platform}-${process.arch} (Node ${process.versions.node})`;
}
