import { jest } from '@jest/globals';

/**
 * How often each race of a file is run: 1,000 times where the long form is asked for (`npm run test:faults`), whose tests may then
 * take 15 minutes. @param short else
 */
export function rounds(short: number): number {
  if (process.env['FAULTS'] !== 'long') return short;
  jest.setTimeout(900_000);
  return 1000;
}
