import type { AuditSink } from '../audit/audit-sink.js';
import { hasPasswordHash, type User } from '../users/user.js';
import type { UserBatches } from '../users/user-batches.js';
import type { UserLine } from './user-line.js';

const PAGE_SIZE = 1000;

/** Writes all users as the lines that an import takes. */
export class UserExport {
  constructor(
    private readonly batches: UserBatches,
    private readonly audit: AuditSink,
  ) {}

  /**
   * @param write resolves when more can be written
   * @returns how many users there were
   */
  async run(hashes: boolean, write: (lines: string) => Promise<void>): Promise<number> {
    let count = 0;
    for await (const users of this.batches.all(PAGE_SIZE)) {
      await write(users.map((user) => `${JSON.stringify(lineOf(user, hashes))}\n`).join(''));
      count += users.length;
    }
    await this.audit.record({
      type: 'users.exported',
      actor: { kind: 'operator' },
      subject: null,
      client: null,
      details: { users: count, hashes },
    });
    return count;
  }
}

function lineOf(user: User, hashes: boolean): UserLine {
  const { id, email, name, attributes } = user;
  // One that was set by someone else, and must be changed, is good for a time that an import would not know of.
  const hasHash = hashes && hasPasswordHash(user) && !user.passwordChangeRequired;
  return {
    id,
    email,
    name,
    emailVerified: user.emailVerifiedAt !== null,
    disabled: user.disabledAt !== null,
    createdAt: user.createdAt.toISOString(),
    roles: user.roles,
    ...(hasHash && { passwordHash: user.passwordHash }),
    ...(Object.keys(attributes).length > 0 && { fields: attributes }),
  };
}
