import { doubtfulSettings } from '../../config/doubtful-settings.js';
import { emptySettings } from '../../config/empty-settings.js';
import { loadWhatIsGood } from '../../config/load-what-is-good.js';
import { misspellings } from '../../config/misspelled-settings.js';
import type { EnvironmentSource } from '../../config/read-settings.js';
import { linesOfFailure } from '../../start/explain-start-failure.js';
import { onOneLine } from '../framework/printable.js';
import { addressCheck } from './address-check.js';
import { dataDirectoryCheck } from './data-directory-check.js';
import { databaseCheck } from './database-check.js';
import { diagnose, type Diagnosis } from './diagnose.js';
import { Findings } from './finding.js';
import { mailCheck } from './mail-check.js';
import { redisCheck } from './redis-check.js';
import { signingKeysCheck } from './signing-keys-check.js';

const CHECKS = [addressCheck, dataDirectoryCheck, databaseCheck, signingKeysCheck, redisCheck, mailCheck];
/** Milliseconds, for each. */
const WITHIN = 10_000;

/** Looks at the configuration, and at all that it names, at once. Changes nothing. */
export async function examine(source?: EnvironmentSource): Promise<Diagnosis> {
  const { config, problems, bad, withoutSecret } = loadWhatIsGood(source);
  const findings = new Findings('configuration');
  for (const problem of problems) findings.fail(`${problem}.`, 'docs/settings.md says what it may be.');
  const doubts = config ? doubtfulSettings(config) : [];
  for (const hint of [...misspellings(source), ...emptySettings(source), ...doubts]) findings.warn(hint);
  if (findings.all.length === 0) findings.ok('Each setting is as it has to be.');
  if (!config) return { findings: findings.all, unfinished: false };
  const others = await diagnose({ config, withoutSecret, explain }, CHECKS, bad, WITHIN);
  return { ...others, findings: [...findings.all, ...others.findings] };
}

/** As a start says it. */
function explain(error: unknown): string {
  return linesOfFailure(error)
    .map((line) => onOneLine(line.replace(/^Configuration: /, '').replace(/\n {4}at [^]*/, '')))
    .join(' ');
}
