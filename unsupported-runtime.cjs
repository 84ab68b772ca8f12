'use strict';

// What bundlers for browsers and Edge runtimes get: the queue needs Node's sockets and a native addon. The assignment keeps
// bundlers from reporting that a name is not exported, which would hide the sentence.
module.exports = refuse();

function refuse() {
  throw new Error(
    '@synapse/queue runs on the server, in Node.js: import it in a route handler, a server action or a worker, ' +
      "not in a 'use client' module or middleware, and remove `export const runtime = 'edge'` from the route. " +
      'A Jest test that runs in jsdom begins with `/** @jest-environment node */`.',
  );
}
