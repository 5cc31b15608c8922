import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplication, Logger } from '@nestjs/common';
import type { Server } from 'node:http';
import { Draining } from '../common/draining.js';
import { endOnSignalsNoMore } from './end-on-signals.js';

/** Requests in flight get this long to end; then no more is hashed, and what waits for it is answered 503. Milliseconds. */
const DRAIN = 2_000;
/** From then on, so that a busy machine does not shorten it: for the answers to go out before connections are cut. */
const ANSWERING = 500;
/** Signals so close together are one. */
const SAME_SIGNAL = 1_000;
/** Whatever still hangs then does not keep the process. */
export const GIVE_UP = 4_500;

/**
 * SIGTERM and SIGINT: `/health/ready` is 503; after `shutdownDelay` no new connections, requests in flight end, the database
 * is closed, exit 0, within five seconds more.
 * A second signal ends the process at once; but for one that comes with the first: a terminal sends Ctrl+C to npm and to
 * us, and npm passes it on.
 * @param shutdownDelay milliseconds
 * @param afterwards what is done last
 * @returns whether a signal has come: what fails then, e.g. of a start, fails for that
 */
export function closeOnSignals(
  app: INestApplication,
  shutdownDelay: number,
  afterwards: () => Promise<void>,
): () => boolean {
  const logger = new Logger('Stop');
  let closingSince: number | undefined;

  const close = async (signal: string): Promise<void> => {
    if (closingSince !== undefined) {
      if (performance.now() - closingSince > SAME_SIGNAL) process.exit(1);
      return;
    }
    closingSince = performance.now();
    app.get(Draining).begin();
    const server = app.getHttpServer() as Server;
    if (shutdownDelay > 0 && server.listening) {
      logger.log(`${signal}: not ready any more; stopping in ${shutdownDelay / 1000} s.`);
      await sleep(shutdownDelay);
    }
    logger.log(`${signal}: finishing requests in flight.`);
    setTimeout(() => {
      setTimeout(() => server.closeAllConnections(), ANSWERING).unref();
    }, DRAIN).unref();
    setTimeout(() => {
      logger.error('Not everything could be closed in time.');
      process.exit(1);
    }, GIVE_UP).unref();
    try {
      await app.close();
      await afterwards();
      process.exit(0);
    } catch (error) {
      logger.error(error);
      process.exit(1);
    }
  };

  endOnSignalsNoMore();
  process.on('SIGTERM', () => void close('SIGTERM'));
  process.on('SIGINT', () => void close('SIGINT'));
  // The last resort: what was not caught is logged, and does not end the service.
  process.on('unhandledRejection', (reason) => logger.error(reason));
  return () => closingSince !== undefined;
}
