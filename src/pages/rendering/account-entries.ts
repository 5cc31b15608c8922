/** The navigation of an account's pages: path and word of each. */
export function entriesFor(mayAdminister: boolean): (readonly [path: string, word: string])[] {
  return [
    ['/account', 'nav.profile'],
    ['/account/password', 'nav.password'],
    ['/account/sessions', 'nav.sessions'],
    ['/account/activity', 'nav.activity'],
    ['/account/data', 'nav.data'],
    ...(mayAdminister ? [['/account/admin', 'nav.admin'] as const] : []),
  ];
}
