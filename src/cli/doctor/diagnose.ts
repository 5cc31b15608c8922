import { setTimeout as wait } from 'node:timers/promises';
import { type Finding, Findings } from './finding.js';
import type { Check, Subject } from './subject.js';

/** What all checks have found. */
export interface Diagnosis {
  /** In the order of the checks. */
  readonly findings: readonly Finding[];
  /** Whether a check was given up, and something of it may go on. */
  readonly unfinished: boolean;
}

/**
 * Looks at all at once.
 * @param bad names of settings that are bad: what needs one of them is skipped
 * @param within milliseconds, after which a check is given up
 */
export async function diagnose(
  subject: Subject,
  checks: readonly Check[],
  bad: ReadonlySet<string>,
  within: number,
): Promise<Diagnosis> {
  const outcomes = await Promise.all(checks.map((check) => outcomeOf(check, subject, bad, within)));
  return {
    findings: outcomes.flatMap(({ findings }) => findings),
    unfinished: outcomes.some(({ unfinished }) => unfinished),
  };
}

async function outcomeOf(
  check: Check,
  subject: Subject,
  bad: ReadonlySet<string>,
  within: number,
): Promise<Diagnosis> {
  const findings = new Findings(check.name);
  const missing = check.needs.filter((name) => bad.has(name));
  if (missing.length > 0) {
    findings.skipped(`Not looked at: ${missing.join(', ')} has to be right first.`);
    return { findings: findings.all, unfinished: false };
  }
  const timer = new AbortController();
  const looked = check
    .look(subject, findings)
    .catch((error: unknown) => void findings.fail(subject.explain(error)))
    .then(() => true);
  const late = wait(within, false, { signal: timer.signal }).catch(() => false);
  const finished = await Promise.race([looked, late]);
  timer.abort();
  if (finished) return { findings: findings.all, unfinished: false };
  const given = new Findings(check.name).fail(
    `No answer within ${within / 1_000} s.`,
    'Make sure that it is well, and that no firewall is between.',
  );
  return { findings: [...findings.all, ...given.all], unfinished: true };
}
