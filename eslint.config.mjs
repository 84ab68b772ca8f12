import js from '@eslint/js';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const sizeLimits = {
  'max-lines': ['error', { max: 300 }],
  'max-params': ['error', { max: 4 }],
  'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
};

const nodeGlobals = Object.fromEntries(
  ['AbortController', 'AbortSignal', 'Buffer', 'URL', 'clearTimeout', 'console', 'fetch', 'process', 'setTimeout'].map(
    (name) => [name, 'readonly'],
  ),
);

export default tseslint.config(
  {
    ignores: [
      'target/',
      'benchmark/rust-peer/target/',
      'dist/',
      'coverage/',
      '.quickstart/',
      'artefacts/',
      'examples/nextjs/',
      'native.js',
      '*.d.ts',
      '*.d.mts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...sizeLimits,
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // The other half of a strict rule that forbids `!`.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // `const { secret, ...rest } = options` is how a property is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // A reader such as `getJob<Data>()` lets its caller name the type of what Redis holds.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Numbers and booleans in messages are wanted; objects and nullish values stay errors.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ['__test__/**/*.ts'],
    extends: [jest.configs['flat/recommended']],
    // A describe block is one function that holds many tests.
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 500 }],
      'jest/expect-expect': ['warn', { assertFunctionNames: ['expect', 'sees'] }],
    },
  },
  {
    files: ['__test__/compat/scenarios/*.ts'],
    // A call that answers nothing is compared as well.
    rules: { '@typescript-eslint/no-confusing-void-expression': 'off' },
  },
  { files: ['**/*.mjs', '**/*.cjs', '*.js'], languageOptions: { globals: nodeGlobals }, rules: sizeLimits },
  {
    files: ['index.js', 'addon.js', '**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { __dirname: 'readonly' } },
  },
);
