import { parseDuration } from '../common/duration.js';
import { parseQuota, type Quota } from './rules.js';

/** Of a text that the rules have accepted. Milliseconds. */
export function duration(text: string): number {
  return parseDuration(text) ?? Number.NaN;
}

/** Of a text that the rules have accepted. */
export function quota(text: string): Quota {
  return parseQuota(text) ?? { limit: 0, window: 1000 };
}
