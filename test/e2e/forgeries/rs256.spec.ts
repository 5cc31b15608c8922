import { describe } from '@jest/globals';
import { KEY_TABLES, refusesForgeries } from './refuses-forgeries.js';

describe('a server that signs with RS256', () => {
  refusesForgeries('RS256', KEY_TABLES);
});
