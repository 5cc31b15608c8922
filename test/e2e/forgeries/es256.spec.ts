import { describe } from '@jest/globals';
import { CONTENT_TABLES, KEY_TABLES, refusesForgeries } from './refuses-forgeries.js';

describe('a server that signs with ES256', () => {
  refusesForgeries('ES256', { ...KEY_TABLES, ...CONTENT_TABLES });
});
