const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Nothing is there to be closed: what a start leaves half done, the next one finds as after a crash. */
const end = (): never => process.exit(0);

/**
 * Ends the process at SIGTERM and SIGINT while the server only starts, with exit code 0, until `closeOnSignals` takes over.
 * By itself the first process of a container would not end: there, a signal that is not listened to does nothing.
 */
export function endOnSignals(): void {
  for (const signal of SIGNALS) process.on(signal, end);
}

/** Leaves the signals to what comes next. */
export function endOnSignalsNoMore(): void {
  for (const signal of SIGNALS) process.off(signal, end);
}
