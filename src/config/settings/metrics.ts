import type { KeyObject } from 'node:crypto';
import { secret } from './parsers.js';
import { type Parser, type Settings, configOf } from './setting.js';

/** What a bearer token may consist of (RFC 6750 section 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;

function bearerSecret(): Parser<KeyObject> {
  return {
    must: 'must be at least 32 random bytes, as letters, digits and -._~+/= (try: openssl rand -base64 48)',
    parse: (text) => (TOKEN.test(text) ? secret().parse(text) : undefined),
  };
}

export const METRICS_SETTINGS = {
  token: {
    name: 'METRICS_TOKEN',
    unset: '`/metrics` answers on loopback alone',
    parser: bearerSecret(),
    meaning:
      'bearer secret for [`/metrics`](metrics.md#who-may-read-them), ≥ 32 random bytes (`openssl rand -base64 48`)',
  },
} as const satisfies Settings;

/** Who may read the metrics. */
export abstract class MetricsConfig extends configOf(METRICS_SETTINGS) {}
