import {
  PreconditionFailedError,
  PreconditionMalformedError,
  PreconditionRequiredError,
} from '../../common/errors/precondition.errors.js';

const TAG = /(W\/)?("[^"]*")/g;

/** Which versions a change is meant for: `If-Match` (RFC 9110 section 13.1.1). */
export class VersionCondition {
  private constructor(private readonly tags: ReadonlySet<string> | undefined) {}

  /** Whatever the version is. */
  static readonly ANY = new VersionCondition(undefined);

  /** @throws PreconditionRequiredError if there is none; PreconditionMalformedError */
  static required(header: string | undefined): VersionCondition {
    if (header === undefined) throw new PreconditionRequiredError();
    return VersionCondition.of(header);
  }

  /** `*`, as none at all, is any version. Weak tags match none. @throws PreconditionMalformedError */
  static of(header: string | undefined): VersionCondition {
    if (header === undefined || header.trim() === '*') return VersionCondition.ANY;
    const found = [...header.matchAll(TAG)];
    const isMalformed = found.length === 0 || /[^\s,]/.test(header.replaceAll(TAG, ''));
    if (isMalformed) throw new PreconditionMalformedError();
    const tags = found.flatMap(([, weak, tag = '']) => (weak ? [] : [tag]));
    return new VersionCondition(new Set(tags));
  }

  /** @throws PreconditionFailedError if it is another version */
  require(version: string): void {
    if (this.tags?.has(version) === false) throw new PreconditionFailedError();
  }
}
