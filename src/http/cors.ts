import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AUTH_MODE_HEADER } from '../auth/cookies/auth-mode.js';
import { CSRF_HEADER } from '../auth/cookies/csrf-protection.js';
import { isOfAuthorizationServer } from '../oauth/provider/oauth-paths.js';

/** The part of the request that is needed. */
interface CorsRequest {
  readonly url: string;
  readonly headers: { readonly origin?: string | undefined };
}

/**
 * What pages of `CORS_ORIGINS` may ask. Of all others the authorization server decides by itself, by the `origins` of its clients, and
 * so answers their preflights, too.
 */
export function corsOptions(
  origins: readonly string[],
): NonNullable<Parameters<NestFastifyApplication['enableCors']>[0]> {
  const options = {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', AUTH_MODE_HEADER, CSRF_HEADER, 'DPoP'],
    // For the cookies. What another origin may do with them, CsrfProtection decides.
    credentials: true,
    exposedHeaders: [
      'Link',
      'WWW-Authenticate',
      'DPoP-Nonce',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
      'X-Request-Id',
    ],
    maxAge: 600,
  };
  return {
    delegator: ({ url, headers }: CorsRequest, done) => {
      const isOfClients = isOfAuthorizationServer(url) && !origins.includes(headers.origin ?? '');
      done(null, isOfClients ? { ...options, origin: false } : options);
    },
  };
}
