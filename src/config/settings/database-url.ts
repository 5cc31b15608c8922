import { parsePostgresUrl } from '../postgres-url.js';
import { portProblem, sslModeProblem } from './url-problems.js';
import type { Parser } from './setting.js';

/** A connection string as libpq takes it, for servers that take writes. */
export function databaseUrl(): Parser<string> {
  return {
    must: 'must be a URL that starts with postgres:// or postgresql:// and names one host or several (a:5432,b:5432); target_session_attrs may be any, read-write or primary, since a standby takes no writes',
    why: (text) => portProblem(text) ?? sslModeProblem(text),
    parse: (text) => (parsePostgresUrl(text) ? text : undefined),
  };
}
