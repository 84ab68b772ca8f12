'use strict';

// What bundlers for browsers and Edge runtimes get: the queue needs Node's sockets and a native addon.
throw new Error(
  '@synapse/queue runs on the server, in Node.js: import it in a route handler, a server action or a worker, ' +
    "not in a 'use client' module or middleware, and remove `export const runtime = 'edge'` from the route.",
);
