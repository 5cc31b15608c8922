import {
  Client,
  ConstraintViolationError,
  type Entry,
  EqualityFilter,
  InappropriateAuthError,
  InvalidCredentialsError,
  type SearchOptions,
  UnwillingToPerformError,
} from 'ldapts';
import {
  CredentialStrategy,
  type LatchkeyComposition,
  type PasswordDecision,
  type PasswordLogin,
} from 'latchkey';

export interface DirectoryOptions {
  /** `ldaps://…`: passwords go over it. Not StartTLS, without which a client that lost its connection would go on. */
  readonly url: string;
  /** Certificates of the directory's authority, in PEM. Default: those that Node trusts. */
  readonly ca?: string;
  /** Who may read entries, and no passwords. */
  readonly reader: { readonly dn: string; readonly password: string };
  /** Below which people are. */
  readonly people: string;
  /** Below which groups are. */
  readonly groups: string;
  /** An entry with a password that no one knows, which no policy locks: for addresses without an entry, so that they take as long. */
  readonly decoy: string;
  /** How long each answer is waited for; milliseconds. */
  readonly patience?: number;
}

/** Which groups of the directory have which role. */
const ROLES: ReadonlyMap<string, string> = new Map([['operators', 'admin']]);

/** Also of an entry that has no password, or is locked: all are answered alike. */
const REFUSALS = [
  InvalidCredentialsError,
  InappropriateAuthError,
  UnwillingToPerformError,
  ConstraintViolationError,
];

export class Directory extends CredentialStrategy {
  override readonly name: string = 'directory';
  /** Accounts of Latchkey's own log in while the directory is down. */
  override readonly whenUnavailable: 'refuse' | 'local' = 'local';

  constructor(private readonly options: DirectoryOptions) {
    super();
    if (!options.url.startsWith('ldaps://'))
      throw new TypeError('Passwords go to a directory over ldaps only.');
  }

  override async checkPassword(login: PasswordLogin): Promise<PasswordDecision> {
    const { url, ca, decoy, patience = 2_000 } = this.options;
    // It follows no referral, whose server would be given passwords.
    const client = new Client({ url, tlsOptions: { ca }, timeout: patience, connectTimeout: patience });
    try {
      const [entry, another] = await this.find(client, login);
      // The password next, whatever was found: nothing else is asked for those who do not know it.
      const isRight = await canBind(client, entry?.dn ?? decoy, login.password);
      if (!entry) return { outcome: 'not-mine' };
      if (!isRight || another) return { outcome: 'reject' };
      return {
        outcome: 'accept',
        account: {
          id: textOf(entry, 'entryUUID'),
          email: textOf(entry, 'mail'),
          // Only the directory's administrators write addresses there.
          emailVerified: true,
          name: textOf(entry, 'cn'),
          roles: await this.rolesOf(entry.dn, client),
        },
      };
    } finally {
      await client.unbind();
    }
  }

  private find(client: Client, { email, account }: PasswordLogin): Promise<Entry[]> {
    // A filter object, not a text: whatever the address holds, it is compared.
    const filter =
      account === undefined
        ? new EqualityFilter({ attribute: 'mail', value: email })
        : new EqualityFilter({ attribute: 'entryUUID', value: account });
    const attributes = ['entryUUID', 'mail', 'cn'];
    return this.search(client, this.options.people, { filter, attributes, sizeLimit: 2 });
  }

  private async rolesOf(dn: string, client: Client): Promise<string[]> {
    const filter = new EqualityFilter({ attribute: 'member', value: dn });
    const groups = await this.search(client, this.options.groups, { filter, attributes: ['cn'] });
    return groups.flatMap((group) => ROLES.get(textOf(group, 'cn')) ?? []);
  }

  /** As the reader, whoever the connection was bound as before. */
  private async search(client: Client, base: string, options: SearchOptions): Promise<Entry[]> {
    const { dn, password } = this.options.reader;
    await client.bind(dn, password);
    // On a connection of its own, bound as no one, it would find nothing.
    if (!client.isConnected) throw new Error('The directory has hung up.');
    const { searchEntries } = await client.search(base, options);
    return searchEntries;
  }
}

async function canBind(client: Client, dn: string, password: string): Promise<boolean> {
  // A bind without a password would succeed, and prove nothing (RFC 4513 section 5.1.2).
  if (password === '') return false;
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (REFUSALS.some((refusal) => error instanceof refusal)) return false;
    // It cannot be said: 503, but for accounts of Latchkey's own.
    throw error;
  }
}

function textOf(entry: Entry, attribute: string): string {
  const [value] = [entry[attribute] ?? []].flat();
  return value?.toString() ?? '';
}

export const directoryAt = (options: DirectoryOptions): LatchkeyComposition => ({
  providers: [{ provide: CredentialStrategy, useFactory: () => new Directory(options) }],
});
