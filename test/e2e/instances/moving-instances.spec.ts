import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { describeWithHaproxy, haproxy } from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { startProcess, stop, untilItAnswers } from '../../support/services/server-process.js';
import { makeTemporaryDirectory } from '../../support/services/temporary-directory.js';
import { eventually } from '../support/eventually.js';
import { startNameServer } from './name-server.js';

const CONFIGURATION = fileURLToPath(new URL('../../../deploy/haproxy.cfg', import.meta.url));

/** An instance that is ready, and answers with its address. */
async function startInstance(address: string, port: number) {
  const server = createServer((_, response) => void response.end(address)).listen(port, address);
  await once(server, 'listening');
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

describeWithHaproxy('HAProxy with deploy/haproxy.cfg', () => {
  it('starts before an instance has an address, and follows it from one to another', async () => {
    const [port, entry, status] = await Promise.all([freePort(), freePort(), freePort()]);
    const names = await startNameServer();
    const directory = makeTemporaryDirectory('haproxy');
    const file = join(directory, 'haproxy.cfg');
    const configuration = readFileSync(CONFIGURATION, 'utf8')
      .replace('bind :8080', `bind 127.0.0.1:${entry}`)
      .replace('bind 127.0.0.1:8404', `bind 127.0.0.1:${status}`)
      .replace('parse-resolv-conf', `nameserver test ${names.address}`)
      .replace(/ latchkey-([12]):3000/g, ` latchkey-$1.test:${port}`);
    writeFileSync(file, configuration);
    // The system's own names, which are asked for at the start: of these there are none.
    const args = ['RES_OPTIONS=timeout:1 attempts:1', haproxy?.path ?? '', '-f', file];
    const proxy = startProcess({ name: 'haproxy', command: 'env', args, directory });
    const url = `http://127.0.0.1:${entry}/`;
    const answer = async () => {
      const response = await fetch(url);
      return [response.status, response.ok && (await response.text())];
    };
    const ends: (() => void)[] = [names.close];
    try {
      await untilItAnswers(proxy, () => fetch(url));
      expect(await answer()).toEqual([503, false]);

      const end = await startInstance('127.0.0.1', port);
      names.addresses.set('latchkey-1.test', '127.0.0.1');
      await eventually(async () => expect(await answer()).toEqual([200, '127.0.0.1']));

      end();
      ends.push(await startInstance('127.0.0.2', port));
      names.addresses.set('latchkey-1.test', '127.0.0.2');
      await eventually(async () => expect(await answer()).toEqual([200, '127.0.0.2']));
    } finally {
      await stop(proxy);
      for (const end of ends) end();
    }
  });
});
