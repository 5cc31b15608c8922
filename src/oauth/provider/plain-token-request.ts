import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { isClientId } from '../clients/oauth-client.js';
import { OAUTH_ROUTES } from './oauth-paths.js';

/** A request for a token of the client's own (RFC 6749 section 4.4.2), with nothing that it could do without. */
export interface PlainTokenRequest {
  readonly clientId: string;
  readonly secret: string;
  /** None twice; empty: none was asked for. */
  readonly scopes: readonly string[];
}

const FORM = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;
/** Headers by which a request asks for more than this. */
const OTHER_MATTERS = [
  'dpop',
  'origin',
  'content-encoding',
  'oauth-client-attestation',
  'oauth-client-attestation-pop',
] as const;
const PARAMETERS: ReadonlySet<string> = new Set(['grant_type', 'scope']);
/** Bytes. Other requests are longer, as a rule. */
const BODY_MAX = 1_024;
const VISIBLE = /^[\x21-\x7e]+$/;
/** Of RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/;
const BASIC = /^basic ([A-Za-z0-9+/]+={0,2})$/i;
/** An id and a secret without characters that are encoded in them (RFC 6749 section 2.3.1). */
const CREDENTIALS = /^([a-z0-9._-]+):([\w.~-]+)$/;

/**
 * Reads it without taking anything from the request, and without waiting for what has not come yet.
 * @returns undefined if it is any other request, or one that is to be refused
 */
export function plainTokenRequestOf(request: IncomingMessage): PlainTokenRequest | undefined {
  if (!isForm(request)) return undefined;
  const credentials = credentialsOf(request.headers.authorization ?? '');
  const form = credentials && formOf(request);
  const scopes = form && scopesOf(form);
  return scopes && { ...credentials, scopes };
}

/** And nothing beside it. */
function isForm({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url === OAUTH_ROUTES.token &&
    FORM.test(headers['content-type'] ?? '') &&
    OTHER_MATTERS.every((name) => headers[name] === undefined)
  );
}

function credentialsOf(authorization: string): Pick<PlainTokenRequest, 'clientId' | 'secret'> | undefined {
  const [, encoded = ''] = BASIC.exec(authorization) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  // In one of several ways to write the same there may be something to refuse.
  if (bytes.toString('base64') !== encoded) return undefined;
  const [, clientId = '', secret = ''] = CREDENTIALS.exec(bytes.toString('latin1')) ?? [];
  return isClientId(clientId) ? { clientId, secret } : undefined;
}

function formOf(request: IncomingMessage): Readonly<Record<string, unknown>> | undefined {
  const { readableLength, readableEncoding, headers } = request;
  const isWhole = readableLength > 0 && readableLength === Number(headers['content-length']);
  if (!isWhole || readableLength > BODY_MAX || readableEncoding !== null) return undefined;
  const bytes = request.read() as Buffer;
  // In the same step, so that it is as if it had not been read.
  request.unshift(bytes);
  const body = bytes.toString('latin1');
  return VISIBLE.test(body) ? parse(body) : undefined;
}

/** @returns undefined if it asks for more than scopes, or for none that there could be */
function scopesOf(form: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const { grant_type: grant, scope } = form;
  const isPlain = grant === 'client_credentials' && Object.keys(form).every((name) => PARAMETERS.has(name));
  if (!isPlain) return undefined;
  if (scope === undefined) return [];
  return typeof scope === 'string' && SCOPE.test(scope) ? [...new Set(scope.split(' '))] : undefined;
}
