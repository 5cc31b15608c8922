import { duration, integer, list, nonBlank, onOrOff } from './parsers.js';
import { type Settings, configOf } from './setting.js';
import { isOrigin, publicUrl, trustedProxies } from './url-parsers.js';

const SHUTDOWN_DELAY_MAX = 300_000;

export const HTTP_SETTINGS = {
  host: {
    name: 'HOST',
    default: '127.0.0.1',
    parser: nonBlank('an address to listen on'),
    meaning: 'the address to listen on; `0.0.0.0` or `::` for all of the machine',
    ofServer: 'give it to app.listen',
  },
  port: {
    name: 'PORT',
    default: '3000',
    parser: integer(0, 65_535),
    meaning: '`0` picks a free port; the ready line prints the real one',
  },
  publicUrl: {
    name: 'PUBLIC_URL',
    derived: '`http://localhost:PORT`',
    parser: publicUrl(),
    meaning: 'the issuer (`iss`), and the base of every link in mails',
    example: 'https://id.example.com',
  },
  trustProxy: {
    name: 'TRUST_PROXY',
    unset: 'none',
    fallback: false,
    parser: trustedProxies(),
    meaning: 'addresses or hop count whose `X-Forwarded-*` is believed',
    example: '10.0.0.0/8, 127.0.0.1',
    ofServer: "app.set('trust proxy', …) on Express, new FastifyAdapter({ trustProxy: … }) on Fastify",
  },
  corsOrigins: {
    name: 'CORS_ORIGINS',
    unset: 'none',
    fallback: [],
    parser: list('must be a comma-separated list of origins such as https://app.example.com', isOrigin),
    meaning: 'comma-separated origins that may call from a browser; those on the same site with cookies, too',
    example: 'https://app.example.com, http://localhost:5173',
  },
  docs: {
    name: 'DOCS',
    derived: 'on; off in production',
    parser: onOrOff(),
    meaning: '`on` or `off`: Swagger UI and the OpenAPI document',
    example: 'on',
    ofServer: 'set up SwaggerModule, or leave that out',
  },
  shutdownDelay: {
    name: 'SHUTDOWN_DELAY',
    default: '0s',
    parser: duration(0, SHUTDOWN_DELAY_MAX),
    meaning:
      'how long a server that is told to stop goes on answering, with `/health/ready` at 503, until load balancers send it no more ([more](operations.md#stopping)); at most `5m`',
    ofServer: 'wait before app.close()',
  },
} as const satisfies Settings;

/**
 * Where the server listens (port 0 picks a free one), what it is called by (without a trailing slash), and whom it believes:
 * `trustProxy` is what Fastify takes, false, a hop count or addresses.
 */
export abstract class HttpConfig extends configOf(HTTP_SETTINGS) {}
