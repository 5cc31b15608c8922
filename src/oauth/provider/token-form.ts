import { IncomingMessage } from 'node:http';
import { OAUTH_ROUTES } from './oauth-paths.js';

/** Put before an access token in a form, since the library refuses what looks like a JWT there: it knows no such token itself. */
const MARK = 'lk_at_';
/** Bytes; what is longer the library refuses. */
const FORM_MAX = 65_536;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Whether a token is sent in a form: for introspection (RFC 7662) or revocation (RFC 7009). */
export function isTokenForm({ method, url = '' }: IncomingMessage): boolean {
  const [path = ''] = url.split('?', 1);
  return (
    method === 'POST' && [OAUTH_ROUTES.introspection, OAUTH_ROUTES.revocation].some((route) => path === route)
  );
}

/** The same request, in whose form an access token is marked. */
export async function withTokenOfForm(request: IncomingMessage): Promise<IncomingMessage> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Its length alone has it refused.
    if (length <= FORM_MAX) chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString();
  const form = new URLSearchParams(body);
  const tokens = form.getAll('token');
  const [token = ''] = tokens;
  if (tokens.length === 1 && JWT.test(token)) form.set('token', MARK + token);
  const written = Buffer.from(length > FORM_MAX ? '' : form.toString());
  return requestWith(request, length > FORM_MAX ? Buffer.alloc(FORM_MAX, 'x') : written);
}

/** Whether it came in a form. */
export function isOfForm(value: string): boolean {
  return value.startsWith(MARK);
}

/** The access token itself. */
export function tokenOfForm(value: string): string {
  return isOfForm(value) ? value.slice(MARK.length) : value;
}

function requestWith(request: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  const { 'transfer-encoding': _chunked, ...headers } = request.headers;
  const { method, url, httpVersion } = request;
  Object.assign(copy, { method, url, httpVersion, complete: true });
  copy.headers = { ...headers, 'content-length': String(body.length) };
  copy.push(body);
  copy.push(null);
  return copy;
}
