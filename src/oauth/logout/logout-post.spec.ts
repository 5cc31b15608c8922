import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogoutPost } from './logout-post.js';
import { isPublicAddress } from './public-addresses.js';

const IDLE = new AbortController().signal;
const INSIDE = 'its host is none of the Internet, nor of OAUTH_LOGOUT_NETWORKS';

let server: Server;
let asked: string[];
let port: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/never') return;
    const isMoved = request.url === '/moved';
    response.writeHead(isMoved ? 307 : 204, isMoved ? { Location: '/elsewhere' } : {}).end();
  });
  asked = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function post(production: boolean, logoutNetworks: string[] = []): LogoutPost {
  const app = { production } as ConstructorParameters<typeof LogoutPost>[0];
  return new LogoutPost(app, { on: true, clients: undefined, registration: false, logoutNetworks });
}

describe('A logout token', () => {
  it.each([
    'https://10.1.2.3/logout',
    'https://169.254.169.254/latest/meta-data',
    'https://192.168.0.1/logout',
    'https://[fd00::1]/logout',
    'https://[::ffff:10.0.0.1]/logout',
    'https://[64:ff9b::a00:1]/logout',
    'https://0.0.0.0/logout',
    'https://2130706433/logout',
    'https://127.0.0.1/logout',
    'https://localhost/logout',
  ])('is not sent to %s in production', async (uri) => {
    await expect(post(true).send(uri, 'token', IDLE)).rejects.toThrow(INSIDE);
  });

  it('is not sent without TLS, but for this machine outside of production', async () => {
    const uri = `http://127.0.0.1:${port}/logout`;
    await expect(post(true).send(uri, 'token', IDLE)).rejects.toThrow('its address has no TLS');
    await expect(post(true, ['127.0.0.1']).send(uri, 'token', IDLE)).rejects.toThrow('no TLS');
    await expect(post(false).send('http://shop.example.com/', 'token', IDLE)).rejects.toThrow('no TLS');
    await post(false).send(uri, 'token', IDLE);
    await post(false).send(`http://localhost:${port}/logout`, 'token', IDLE);
    expect(asked).toEqual(['/logout', '/logout']);
  });

  it('goes into a network that the operator allows', async () => {
    // A connection is tried: nothing speaks TLS there.
    const uri = `https://127.0.0.1:${port}/logout`;
    await expect(post(true, ['127.0.0.0/8']).send(uri, 'token', IDLE)).rejects.toThrow(/^E|^ERR/);
    await expect(post(true, ['10.0.0.0/8']).send(uri, 'token', IDLE)).rejects.toThrow(INSIDE);
  });

  it('follows no redirection', async () => {
    const moved = post(false).send(`http://127.0.0.1:${port}/moved`, 'token', IDLE);
    await expect(moved).rejects.toThrow('answered 307');
    expect(asked).not.toContain('/elsewhere');
  });

  it('is left to others when the server stops', async () => {
    const stopping = new AbortController();
    const sending = post(false).send(`http://127.0.0.1:${port}/never`, 'token', stopping.signal);
    stopping.abort();
    await expect(sending).rejects.toThrow('no answer in time');
  });
});

describe('An address', () => {
  it.each(['93.184.215.14', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])(
    '%s is of the Internet',
    (ip) => {
      expect(isPublicAddress(ip)).toBe(true);
    },
  );

  it.each([
    '100.64.1.1',
    '172.31.255.255',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
  ])('%s is not', (ip) => {
    expect(isPublicAddress(ip)).toBe(false);
  });

  it.each(['fc00::1', '2001:db8::1', '2002:a00:1::', '2001::1', 'ff02::1', '::10.0.0.1'])(
    '%s is not, either',
    (ip) => {
      expect(isPublicAddress(ip)).toBe(false);
    },
  );
});
