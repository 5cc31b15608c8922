import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { limits } from '../package/sizes.js';
import { bundle } from './bundle.js';

it('latchkey/client is one script of less than 5 kB, compressed, that imports nothing', () => {
  const { code, imports } = bundle('../../src/client/index.ts');
  expect(imports).toEqual([]);
  expect(gzipSync(code).length).toBeLessThan(limits.client);
});
