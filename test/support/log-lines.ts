import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';

/** What is logged from now on, in place of the log, until all mocks are restored. */
export function logLines(): string[] {
  const lines: string[] = [];
  for (const level of ['log', 'warn', 'error', 'debug'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation((line: unknown) => void lines.push(String(line)));
  return lines;
}
