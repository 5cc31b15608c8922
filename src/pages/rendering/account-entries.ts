/** Path and word of an entry. */
export type AccountEntry = readonly [path: string, word: string];

/** The navigation of an account's pages. */
export class AccountEntries {
  private readonly others: AccountEntry[] = [];

  /** Of pages that are not always there. */
  declare(entry: AccountEntry): void {
    this.others.push(entry);
  }

  for(mayAdminister: boolean): AccountEntry[] {
    return [
      ['/account', 'nav.profile'],
      ['/account/password', 'nav.password'],
      ['/account/sessions', 'nav.sessions'],
      ...this.others,
      ['/account/activity', 'nav.activity'],
      ['/account/data', 'nav.data'],
      ...(mayAdminister ? [['/account/admin', 'nav.admin'] as const] : []),
    ];
  }
}
