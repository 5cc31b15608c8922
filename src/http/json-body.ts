import { errorCodes, type FastifyInstance } from 'fastify';

/** More than any body here needs; the largest holds two passwords of 1024 characters. */
export const BODY_LIMIT = 64 * 1024;

/** More than any form here has: a team's own fields, or a box for each role. */
const FORM_FIELDS = 2_000;

/**
 * JSON and nothing else: bytes must be UTF-8 (RFC 8259 section 8.1; otherwise different passwords would decode to the
 * same text), and members named `__proto__` or `constructor` are refused. An empty body counts as none.
 */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const { 'content-type': contentType, 'content-encoding': coding } = request.headers;
    if (!saysUtf8(contentType) || !saysPlain(coding)) {
      done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(), undefined);
      return;
    }
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer);
    } catch {
      done(Object.assign(new SyntaxError('The body is not UTF-8.'), { statusCode: 400 }), undefined);
      return;
    }
    void parse(request, text, (error, value) => {
      if (error) done(Object.assign(new SyntaxError(error.message), { statusCode: 400 }), undefined);
      else done(null, value);
    });
  });
}

/**
 * Forms, for the pages alone: a form of another site, which needs no script and no permission of ours, reaches nothing else.
 * @param isPage whether an address (path and query) is a page's
 */
export function acceptFormsOf(fastify: FastifyInstance, isPage: (url: string) => boolean): void {
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request, body, done) => {
      const { 'content-type': contentType, 'content-encoding': coding } = request.headers;
      if (!isPage(request.url) || !saysUtf8(contentType) || !saysPlain(coding)) {
        done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(), undefined);
        return;
      }
      const form = formIn((body as Buffer).toString('utf8'));
      done(form ? null : new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE(), form);
    },
  );
}

/** Of a name that is there twice nothing: which one was meant is not known. @returns undefined if there are too many fields */
function formIn(text: string): Record<string, string> | undefined {
  const fields = [...new URLSearchParams(text)];
  if (fields.length > FORM_FIELDS) return undefined;
  const once = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of fields) {
    if (seen.has(name)) once.delete(name);
    else once.set(name, value);
    seen.add(name);
  }
  return Object.fromEntries(once);
}

/** JSON has no parameter for its encoding (RFC 8259 section 11), yet many clients name it. */
function saysUtf8(contentType = ''): boolean {
  const parameters = [...contentType.matchAll(/;\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)/g)];
  return parameters.every(
    ([, name = '', value = '']) => name.toLowerCase() !== 'charset' || /^"?utf-?8"?$/i.test(value),
  );
}

/** Nothing is decompressed: what it would grow to is not bounded by what was sent. */
function saysPlain(contentEncoding = 'identity'): boolean {
  return /^\s*(identity)?\s*$/i.test(contentEncoding);
}
