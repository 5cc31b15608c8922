import { randomBytes } from 'node:crypto';

/** What a call says of the trace that it belongs to (W3C Trace Context). */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Whether what came before records it. Passed on, and never decided here. */
  readonly sampled: boolean;
  /** `tracestate`, as far as it may be passed on. */
  readonly state: string | undefined;
}

/** Section 3.2: version, trace, parent, flags; a version to come may append more, which 00 may not. */
const PARENT =
  /^(?!ff|00.{53}-)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?$/;
const ZEROS = /^0+$/;
const SAMPLED = 1;
/** Section 3.3.1: key and value of a member. */
const STATE_MEMBER =
  /^([a-z0-9][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const STATE_MAX_MEMBERS = 32;
/** Section 3.3.1.5: what is passed on at least, and which members are left out first. */
const STATE_MAX_LENGTH = 512;
const LONG_MEMBER = 128;

/**
 * The trace of a call: what it says, where it says so to the letter, or a new one (section 4.3).
 * @param traceparent as received
 * @param tracestate as received; believed only beside a valid `traceparent`
 */
export function receivedTrace(traceparent: string | undefined, tracestate: string | undefined): Trace {
  const [, id, flags = ''] = PARENT.exec(traceparent ?? '') ?? [];
  if (id === undefined) return { id: randomId(16), sampled: false, state: undefined };
  const sampled = (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED;
  return { id, sampled, state: validState(tracestate ?? '') };
}

/** Headers of one call that is made within the trace: each has a parent id of its own. */
export function traceHeaders({ id, sampled, state }: Trace): Record<string, string> {
  return {
    traceparent: `00-${id}-${randomId(8)}-${sampled ? '01' : '00'}`,
    ...(state !== undefined && { tracestate: state }),
  };
}

/** @returns undefined if the list breaks the rules, or holds nothing */
function validState(tracestate: string): string | undefined {
  const members = tracestate
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  const isGood =
    members.length <= STATE_MAX_MEMBERS &&
    keys.size === members.length &&
    members.every((member) => STATE_MEMBER.test(member));
  return (isGood && shortened(members).join(',')) || undefined;
}

/** Whole members are left out: long ones first, then the oldest, which are the last. */
function shortened(members: readonly string[]): string[] {
  const kept = [...members];
  while (kept.join(',').length > STATE_MAX_LENGTH) {
    kept.splice(
      kept.findLastIndex((member) => member.length > LONG_MEMBER),
      1,
    );
  }
  return kept;
}

/** Not all zeros, which would mean none. */
function randomId(bytes: number): string {
  const id = randomBytes(bytes).toString('hex');
  return ZEROS.test(id) ? randomId(bytes) : id;
}
