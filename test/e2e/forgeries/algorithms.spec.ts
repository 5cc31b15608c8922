import { describe } from '@jest/globals';
import { CONTENT_TABLES, KEY_TABLES, refusesForgeries } from './refuses-forgeries.js';

describe.each(['ES256', 'HS256'] as const)('a server that signs with %s', (alg) => {
  refusesForgeries(alg, { ...KEY_TABLES, ...CONTENT_TABLES });
});

describe.each(['ES384', 'RS256', 'PS256'] as const)('a server that signs with %s', (alg) => {
  refusesForgeries(alg, KEY_TABLES);
});
