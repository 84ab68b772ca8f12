'use strict';

// The one instance of the package: `index.mjs` re-exports this module, so `import` and `require` share every class.
module.exports = require('./dist/index.js');
