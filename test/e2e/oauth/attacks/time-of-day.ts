import { jest } from '@jest/globals';

const now = Date.now.bind(Date);

/** The time of day, by which the protocol counts; until mocks are restored. @param seconds from the real one */
export function setClockForward(seconds: number): void {
  jest.spyOn(Date, 'now').mockImplementation(() => now() + seconds * 1000);
}
