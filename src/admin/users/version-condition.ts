import {
  PreconditionFailedError,
  PreconditionRequiredError,
} from '../../common/errors/precondition.errors.js';

/** Which versions a change is meant for: `If-Match` (RFC 9110 section 13.1.1). */
export class VersionCondition {
  private constructor(private readonly tags: ReadonlySet<string> | undefined) {}

  /** Whatever the version is. */
  static readonly ANY = new VersionCondition(undefined);

  /** @throws PreconditionRequiredError if there is none */
  static required(header: string | undefined): VersionCondition {
    if (header === undefined) throw new PreconditionRequiredError();
    return VersionCondition.of(header);
  }

  /** `*`, as none at all, is any version. Weak tags match none. */
  static of(header: string | undefined): VersionCondition {
    if (header === undefined || header.trim() === '*') return VersionCondition.ANY;
    const tags = [...header.matchAll(/(W\/)?("[^"]*")/g)].flatMap(([, weak, tag = '']) =>
      weak ? [] : [tag],
    );
    return new VersionCondition(new Set(tags));
  }

  /** @throws PreconditionFailedError if it is another version */
  require(version: string): void {
    if (this.tags?.has(version) === false) throw new PreconditionFailedError();
  }
}
