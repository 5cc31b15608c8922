/** Tells `main.ts` that this service is up, and ends with it. Nothing where the service was started by itself. */
export function ready(): void {
  process.send?.('ready');
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
