import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

it('Every controller has no version, and no prefix of its own: an application says where the routes are', () => {
  const controllers = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.controller.ts'),
  );
  const decorators = controllers.flatMap((path) =>
    [...readFileSync(`${SRC}${path}`, 'utf8').matchAll(/^@(\w*Controller\(.*\))$/gm)].map(([, text]) => text),
  );
  expect(decorators.length).toBeGreaterThanOrEqual(controllers.length);
  expect(
    decorators.filter((text) => !/^(UnversionedController\((?!'\/?api)|PageController\(\))/.test(text ?? '')),
  ).toEqual([]);
});
