import { dts } from 'rollup-plugin-dts';

// Rolls the declarations of ts/ up into the one committed index.d.ts, so that an API change is a diff in one file.
export default {
  input: 'ts/index.ts',
  output: { file: 'index.d.ts', format: 'es' },
  external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  // What is marked @internal is for this package's own modules.
  plugins: [dts({ tsconfig: 'tsconfig.json', compilerOptions: { stripInternal: true } })],
};
