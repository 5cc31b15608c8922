import type { AuditSink } from '../audit/audit-sink.js';
import type { Transaction, UnitOfWork } from '../common/unit-of-work.js';
import { ADMIN_ROLE, emailKey } from '../users/user.js';
import type { UserBatches } from '../users/user-batches.js';
import { FieldTakenError } from '../users/users.errors.js';
import { ImportSummary } from './import-summary.js';
import { LineProblem } from './line-problem.js';
import type { FoundUser } from './reading/json-lines.js';
import { type ImportedUser, type LineRules, readUserLine } from './user-line.js';

/** Users that are written in one transaction. */
const BATCH_SIZE = 1000;

/** A user that is refused, and where in the file. */
export interface Refusal {
  readonly line: number;
  readonly problem: LineProblem;
}

/** How an import is made. */
export interface ImportOptions {
  /** Everything is tried, and nothing kept. */
  readonly dryRun: boolean;
  readonly mapIds: boolean;
  /** Milliseconds. */
  readonly now: number;
  /** As `LineRules`. */
  readonly maxOwnCost: number;
  refused(refusal: Refusal): Promise<void> | void;
  /** At the beginning, and after each batch. */
  progressed(summary: ImportSummary): void;
}

interface PlacedUser extends ImportedUser {
  readonly line: number;
  readonly key: string;
}

/**
 * Writes users of a file, some at a time: each batch with its audit event, or not at all. A second run finds those of the
 * first by their address, and skips them, so an import that was cut off is run again.
 */
export class UserImport {
  constructor(
    private readonly batches: UserBatches,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditSink,
  ) {}

  /** @throws Error if the file cannot be read, or the database does not answer; what was written before stays */
  async run(found: AsyncIterable<FoundUser>, options: ImportOptions): Promise<ImportSummary> {
    const rules: LineRules = {
      ...options,
      roles: await this.batches.roleNames(),
      indexedFields: await this.batches.indexedAttributes(),
    };
    const pending = new PendingImport(this, options);
    options.progressed(pending.summary);
    for await (const { line, value } of found) {
      pending.summary.read += 1;
      try {
        if (value instanceof LineProblem) throw value;
        const user = readUserLine(value, rules);
        await pending.add({ ...user, line, key: emailKey(user.record.email) });
      } catch (error) {
        if (!(error instanceof LineProblem)) throw error;
        await pending.refuse(line, error);
      }
    }
    await pending.flush();
    return pending.summary;
  }

  /** @returns those that were not written, because of users that are there, and why; undefined: they are those users */
  async write(
    users: readonly PlacedUser[],
    dryRun: boolean,
  ): Promise<Map<PlacedUser, LineProblem | undefined>> {
    try {
      return await this.unitOfWork.run(async (transaction) => {
        const left = await this.writeIn(users, transaction);
        if (dryRun) throw new NothingKept(left);
        return left;
      });
    } catch (error) {
      if (error instanceof NothingKept) return error.left;
      if (!(error instanceof FieldTakenError)) throw error;
      if (users.length === 1) {
        const problem = new LineProblem('FIELD_TAKEN', `Another user has this value of ${error.field}.`);
        return new Map(users.map((user) => [user, problem]));
      }
      // One of them has a value that is taken: which one is found by halves.
      const middle = Math.ceil(users.length / 2);
      const first = await this.write(users.slice(0, middle), dryRun);
      return new Map([...first, ...(await this.write(users.slice(middle), dryRun))]);
    }
  }

  private async writeIn(
    users: readonly PlacedUser[],
    transaction: Transaction,
  ): Promise<Map<PlacedUser, LineProblem | undefined>> {
    const written = await this.batches.create(
      users.map(({ record }) => record),
      transaction,
    );
    if (written.size > 0) {
      const details = { users: written.size };
      await this.audit.record(
        { type: 'users.imported', actor: { kind: 'operator' }, subject: null, client: null, details },
        transaction,
      );
    }
    const left = users.filter(({ record }) => !written.has(record.id));
    const present = await this.batches.present(
      left.map(({ record }) => record),
      transaction,
    );
    return new Map(left.map((user) => [user, clashOf(user, present.idByEmailKey.get(user.key))]));
  }
}

/** The users of a file that are not written yet. */
class PendingImport {
  readonly summary;
  private users: PlacedUser[] = [];
  private keys = new Set<string>();
  /** Of a dry run, which keeps nothing: ids by what addresses are compared by. */
  private readonly tried = new Map<string, string>();
  private readonly triedIds = new Set<string>();

  constructor(
    private readonly target: UserImport,
    private readonly options: ImportOptions,
  ) {
    this.summary = new ImportSummary(options.dryRun);
  }

  async add(user: PlacedUser): Promise<void> {
    const { key } = user;
    // Two of a file with one address or id: the second is to find the first.
    if (this.keys.has(key) || this.keys.has(user.record.id)) await this.flush();
    if (this.options.dryRun && (this.tried.has(key) || this.triedIds.has(user.record.id))) {
      await this.leave(user, clashOf(user, this.tried.get(key)));
      return;
    }
    this.users.push(user);
    this.keys.add(key).add(user.record.id);
    if (this.users.length >= BATCH_SIZE) await this.flush();
  }

  async refuse(line: number, problem: LineProblem): Promise<void> {
    this.summary.refuse(problem.code);
    await this.options.refused({ line, problem });
  }

  async flush(): Promise<void> {
    const { users } = this;
    this.users = [];
    this.keys = new Set();
    if (users.length === 0) return;
    const left = await this.target.write(users, this.options.dryRun);
    for (const user of users) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in the order of the file
      if (left.has(user)) await this.leave(user, left.get(user));
      else this.count(user);
    }
    this.options.progressed(this.summary);
  }

  private async leave({ line }: PlacedUser, problem: LineProblem | undefined): Promise<void> {
    if (problem) await this.refuse(line, problem);
    else this.summary.skipped += 1;
  }

  private count({ record, key, weakness, hasPassword }: PlacedUser): void {
    this.summary.imported += 1;
    if (record.roles.includes(ADMIN_ROLE)) this.summary.administrators += 1;
    if (!hasPassword) this.summary.withoutPassword += 1;
    if (weakness) this.summary.weakHashes += 1;
    if (weakness === 'unsalted') this.summary.unsaltedHashes += 1;
    if (!this.options.dryRun) return;
    this.tried.set(key, record.id);
    this.triedIds.add(record.id);
  }
}

/** Rolls a dry run's transaction back. */
class NothingKept extends Error {
  constructor(readonly left: Map<PlacedUser, LineProblem | undefined>) {
    super('This was a dry run.');
  }
}

/** @param present id of the user with the same address @returns undefined if it is the same user */
function clashOf({ record, ownId }: PlacedUser, present: string | undefined): LineProblem | undefined {
  if (present === undefined) return new LineProblem('ID_TAKEN', 'Another user has this id.');
  if (!ownId || present === record.id) return undefined;
  return new LineProblem('EMAIL_TAKEN', 'A user with another id has this address.');
}
