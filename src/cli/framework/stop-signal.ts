const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Does what may be ended in the middle, and says so by a signal, in place of the end of the process. One that comes again says nothing new: npm hands
 * on what the terminal has told its whole group.
 */
export async function untilStopped<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await run(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}
