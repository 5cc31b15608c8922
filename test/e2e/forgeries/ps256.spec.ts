import { describe } from '@jest/globals';
import { KEY_TABLES, refusesForgeries } from './refuses-forgeries.js';

describe('a server that signs with PS256', () => {
  refusesForgeries('PS256', KEY_TABLES);
});
