import { Client, type Entry, EqualityFilter, InvalidCredentialsError } from 'ldapts';
import {
  CredentialStrategy,
  type LatchkeyComposition,
  type PasswordDecision,
  type PasswordLogin,
} from 'latchkey';

export interface DirectoryOptions {
  /** `ldaps://…`: passwords go over it. */
  readonly url: string;
  /** Who may read entries, and no passwords. */
  readonly reader: { readonly dn: string; readonly password: string };
  /** Below which people are. */
  readonly people: string;
  /** Below which groups are. */
  readonly groups: string;
}

/** Which groups of the directory have which role. */
const ROLES: Readonly<Record<string, string>> = { operators: 'admin' };

export class Directory extends CredentialStrategy {
  override readonly name: string = 'directory';
  /** Accounts of Latchkey's own log in while the directory is down. */
  override readonly whenUnavailable: 'refuse' | 'local' = 'local';

  constructor(private readonly options: DirectoryOptions) {
    super();
  }

  override async checkPassword({ email, password, account }: PasswordLogin): Promise<PasswordDecision> {
    const { url, reader, people } = this.options;
    const client = new Client({ url, timeout: 2_000, connectTimeout: 2_000 });
    try {
      await client.bind(reader.dn, reader.password);
      // A filter object, not a text: whatever the address holds, it is compared.
      const filter =
        account === undefined
          ? new EqualityFilter({ attribute: 'mail', value: email })
          : new EqualityFilter({ attribute: 'entryUUID', value: account });
      const attributes = ['entryUUID', 'mail', 'cn'];
      const { searchEntries } = await client.search(people, { filter, attributes });
      const [entry, another] = searchEntries;
      if (another) return { outcome: 'reject' };
      const roles = entry ? await this.rolesOf(entry.dn, client) : [];
      // Where there is no such entry, it takes as long.
      const isRight = await canBind(client, entry?.dn ?? `cn=no one,${people}`, password);
      if (!entry) return { outcome: 'not-mine' };
      if (!isRight) return { outcome: 'reject' };
      const [id, mail, name] = attributes.map((attribute) => textOf(entry, attribute));
      // Only the directory's administrators write addresses there.
      return {
        outcome: 'accept',
        account: { id: id ?? '', email: mail ?? '', emailVerified: true, name: name ?? null, roles },
      };
    } finally {
      await client.unbind();
    }
  }

  private async rolesOf(dn: string, client: Client): Promise<string[]> {
    const filter = new EqualityFilter({ attribute: 'member', value: dn });
    const { searchEntries } = await client.search(this.options.groups, { filter, attributes: ['cn'] });
    return searchEntries.flatMap((group) => ROLES[textOf(group, 'cn') ?? ''] ?? []);
  }
}

async function canBind(client: Client, dn: string, password: string): Promise<boolean> {
  // A bind without a password would succeed, and prove nothing (RFC 4513 section 5.1.2).
  if (password === '') return false;
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return false;
    throw error; // 503: no one is let in
  }
}

function textOf(entry: Entry, attribute: string): string | undefined {
  const [value] = [entry[attribute] ?? []].flat();
  return value?.toString();
}

export const directoryAt = (options: DirectoryOptions): LatchkeyComposition => ({
  providers: [{ provide: CredentialStrategy, useFactory: () => new Directory(options) }],
});
