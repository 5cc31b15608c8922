import { createHash } from 'node:crypto';
import type { TokensConfig } from '../../config/config.js';
import { publicationLead } from '../keys/key-schedule.js';

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/** What both Fastify's and Express's answers can. */
export interface HttpReply {
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  status(code: number): unknown;
}

/** Half of the publication lead: a key is in every cache before it signs, whatever the network does. */
function cacheControl(config: Pick<TokensConfig, 'signingKeyRotation'>): string {
  return `public, max-age=${Math.floor(publicationLead(config) / 2000)}`;
}

/**
 * Gives the answer its `Cache-Control` and `ETag`, and lets pages of other origins read it.
 * @param ifNoneMatch the request's `If-None-Match`
 * @returns the body, or undefined with 304 (RFC 9110 section 13.1.2) if the client has it
 */
export function answerCacheable<Body extends object>(
  reply: HttpReply,
  body: Body,
  ifNoneMatch: string | undefined,
  config: Pick<TokensConfig, 'signingKeyRotation'>,
): Body | undefined {
  const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url')}"`;
  reply.header('Cache-Control', cacheControl(config));
  reply.header('ETag', etag);
  // Pages of any origin may read what is the same for everyone.
  if (reply.getHeader(ALLOW_ORIGIN) === undefined) reply.header(ALLOW_ORIGIN, '*');
  const known = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!known?.includes(etag) && ifNoneMatch?.trim() !== '*') return body;
  reply.status(304);
  return undefined;
}
