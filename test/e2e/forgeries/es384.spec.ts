import { describe } from '@jest/globals';
import { KEY_TABLES, refusesForgeries } from './refuses-forgeries.js';

describe('a server that signs with ES384', () => {
  refusesForgeries('ES384', KEY_TABLES);
});
