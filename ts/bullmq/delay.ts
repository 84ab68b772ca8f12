/** Waits; ends early when `abortController` is aborted. */
export async function delay(ms: number, abortController?: AbortController): Promise<void> {
  const signal = abortController?.signal;
  if (signal?.aborted) {
    return;
  }
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
