import { Controller, Get, Injectable, type ModuleMetadata } from '@nestjs/common';
import {
  type Allowance,
  type AttributePage,
  type AttributeRule,
  type CountedAttempt,
  FieldTakenError,
  LatchkeyModule,
  type LimitName,
  type MailRequest,
  MailTemplates,
  type MailTemplate,
  type NewSession,
  Public,
  RateLimiter,
  type RenderedMail,
  type Revocation,
  type Session,
  type SessionEnding,
  type SessionRotation,
  type Transaction,
  type User,
  UserFields,
  UserFieldsStore,
  type UserFieldValues,
  UsersRepository,
  type UserWithFields,
} from 'latchkey';
import {
  InMemoryAttemptStore,
  InMemoryLatchkey,
  InMemoryRevocationStore,
  InMemorySessionsRepository,
} from 'latchkey/testing';
import { keptIn } from '../../docs/examples/own-sessions.js';
import { StaffFields } from '../../docs/examples/staff-fields.js';

/** What was done with a store of the team's own. */
class Done {
  private readonly counts = new Map<string, number>();

  note(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  get all(): object {
    return Object.fromEntries(this.counts);
  }
}

class OwnRevocations extends InMemoryRevocationStore {
  constructor(private readonly done: Done) {
    super();
  }

  override record(revocation: Revocation, transaction?: Transaction): Revocation {
    this.done.note(`revoked ${revocation.kind}`);
    return super.record(revocation, transaction);
  }
}

class OwnSessions extends InMemorySessionsRepository {
  constructor(
    revocations: OwnRevocations,
    private readonly done: Done,
  ) {
    super(revocations);
  }

  override create(session: NewSession, transaction?: Transaction): Promise<number> {
    this.done.note('session created');
    return super.create(session, transaction);
  }

  override rotate(rotation: SessionRotation): Promise<Session | undefined> {
    this.done.note('session rotated');
    return super.rotate(rotation);
  }

  override end(
    id: string,
    subject: string,
    ending: SessionEnding,
    transaction?: Transaction,
  ): Promise<string[]> {
    this.done.note(`session ended as ${ending.reason}`);
    return super.end(id, subject, ending, transaction);
  }
}

/** By a rule of its own, which is stricter than the settings. */
class OwnAttempts extends InMemoryAttemptStore {
  constructor(private readonly done: Done) {
    super({ failures: 3, delayMax: 900_000 });
  }

  override count(key: string, now: number): Promise<CountedAttempt> {
    this.done.note('password counted');
    return super.count(key, now);
  }
}

/** Two registrations an address, and as many requests as one likes of other kinds. */
@Injectable()
class OwnLimiter extends RateLimiter {
  private readonly requests = new Map<string, number>();

  override consume(name: LimitName, _counter: string, key: string): Promise<Allowance> {
    const count = (this.requests.get(`${name} ${key}`) ?? 0) + 1;
    this.requests.set(`${name} ${key}`, count);
    const limit = name === 'register' ? 2 : 1_000;
    const remaining = Math.max(0, limit - count);
    const window = { resetSeconds: 60, windowSeconds: 60 };
    return Promise.resolve({ allowed: count <= limit, limit, remaining, ...window });
  }
}

class OwnMails extends MailTemplates {
  readonly languages = ['en'];

  render<Template extends MailTemplate>({ template, product }: MailRequest<Template>): RenderedMail {
    const subject = `${product}: ${template}`;
    return { subject, text: subject, html: `<p>${subject}</p>` };
  }
}

/** Keeps the fields by itself, once the user is written. */
@Injectable()
class OwnFields extends UserFieldsStore {
  private readonly rows = new Map<string, UserFieldValues>();
  private unique: readonly string[] = [];

  constructor(private readonly users: UsersRepository) {
    super();
  }

  find({ id }: User): Promise<UserFieldValues> {
    return Promise.resolve(this.rows.get(id) ?? {});
  }

  create(id: string, values: UserFieldValues, transaction: Transaction): Promise<void> {
    const taken = this.unique.find((name) => this.idsOf(name, values[name]).length > 0);
    if (taken !== undefined) return Promise.reject(new FieldTakenError(taken));
    return this.write(transaction, () => this.rows.set(id, values));
  }

  change(id: string, changes: UserFieldValues, transaction: Transaction): Promise<void> {
    return this.write(transaction, () => this.rows.set(id, { ...this.rows.get(id), ...changes }));
  }

  erase(id: string, transaction: Transaction): Promise<void> {
    return this.write(transaction, () => this.rows.delete(id));
  }

  async findUsers(
    name: string,
    value: string | number | boolean,
    page: AttributePage,
  ): Promise<UserWithFields[]> {
    const users = await this.users.findByIds(this.idsOf(name, value).slice(0, page.limit));
    return users.map((user) => ({ user, values: this.rows.get(user.id) ?? {} }));
  }

  prepare(rules: readonly AttributeRule[]): Promise<void> {
    this.unique = rules.filter(({ unique }) => unique).map(({ name }) => name);
    return Promise.resolve();
  }

  private write(transaction: Transaction, change: () => void): Promise<void> {
    transaction.afterCommit(() => Promise.resolve(change()));
    return Promise.resolve();
  }

  private idsOf(name: string, value: unknown): string[] {
    return [...this.rows].filter(([, values]) => values[name] === value).map(([id]) => id);
  }
}

/** Sessions, revocations, counts, limits, mails and fields of users in stores of the team's own; no database at all. */
export async function ownStores(): Promise<ModuleMetadata> {
  const memory = await InMemoryLatchkey.create();
  const done = new Done();
  const revocations = new OwnRevocations(done);
  const stores = {
    sessions: new OwnSessions(revocations, done),
    revocations,
    attempts: new OwnAttempts(done),
  };

  @Controller('stores')
  @Public()
  class StoresController {
    @Get()
    done(): object {
      return done.all;
    }

    @Get('mails')
    mails(): string[] {
      return memory.mails.all.map(({ subject }) => subject);
    }
  }

  const { providers = [] } = keptIn(stores);
  const latchkey = LatchkeyModule.forRoot({
    ...memory.options,
    appName: 'Acme',
    refreshGrace: '0s',
    fields: UserFields.of(StaffFields),
    providers: [
      ...memory.options.providers,
      ...providers,
      { provide: RateLimiter, useClass: OwnLimiter },
      { provide: MailTemplates, useClass: OwnMails },
      { provide: UserFieldsStore, useClass: OwnFields },
    ],
  });
  return { imports: [latchkey], controllers: [StoresController] };
}
