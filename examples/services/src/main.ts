// All of it by one command. A deployment starts each service by itself, with these settings.
import { createHash, randomBytes } from 'node:crypto';
import { findHaproxy } from './start/find-haproxy.js';
import { choosePorts } from './start/ports.js';
import { Processes } from './start/processes.js';

const HAPROXY_HINT = 'Without HAProxy on this machine there is no gateway: ask auth and shop themselves.';
const AUDIENCE = 'https://shop.example.com';
const SERVICES = ['shop', 'orders', 'stock'] as const;

const processes = new Processes();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => processes.stop());

try {
  const haproxy = findHaproxy();
  const ports = await choosePorts({ auth: 3000, shop: 4000, orders: 50051, stock: 50052, gateway: 8080 });
  const authUrl = `http://127.0.0.1:${ports.auth}`;
  // Each service has a token of its own, and the auth server their hashes.
  const feedTokens = SERVICES.map((name) => ({ name, token: randomBytes(32).toString('hex') }));
  const hashes = feedTokens.map(
    ({ name, token }) => `${name}=${createHash('sha256').update(token).digest('hex')}`,
  );

  await processes.start('auth', {
    PORT: String(ports.auth),
    PUBLIC_URL: authUrl,
    AUDIENCE,
    REVOCATION_FEED_SERVICES: hashes.join(','),
  });
  await Promise.all(
    feedTokens.map(({ name, token }) =>
      processes.start(name, {
        PORT: String(ports[name]),
        AUTH_URL: authUrl,
        AUDIENCE,
        FEED_TOKEN: token,
        ORDERS: `127.0.0.1:${ports.orders}`,
        STOCK: `127.0.0.1:${ports.stock}`,
      }),
    ),
  );
  if (haproxy !== undefined) await processes.startGateway(haproxy, ports);

  console.log(`\nAll are up, until Ctrl-C.

  gateway  ${haproxy === undefined ? 'none' : `http://127.0.0.1:${ports.gateway}   HAProxy: /api/ is auth's, all else shop's`}
  auth     ${authUrl}   accounts, sessions, keys, revocations
  shop     http://127.0.0.1:${ports.shop}   HTTP
  orders   127.0.0.1:${ports.orders}          gRPC
  stock    127.0.0.1:${ports.stock}          gRPC
${haproxy === undefined ? `\n${HAPROXY_HINT}\n` : ''}`);
} catch (error) {
  if (!processes.stopping) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
    processes.stop();
  }
}
