export default async function globalTeardown() {
  await globalThis.synapseTestRedis.stop();
}
