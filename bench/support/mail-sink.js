import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

/** A mail server that takes everything and counts. @returns {Promise<{ url: string, received: () => number, stop: () => Promise<void> }>} */
export async function startMailSink() {
  let received = 0;
  const server = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 100,
    onData: (stream, _session, done) => {
      stream.resume().once('end', () => {
        received += 1;
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('The mail sink has no port.');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received: () => received,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
