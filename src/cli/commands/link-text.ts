/** A link of one use for who is to set a password, with what its reader has to know. @param until ISO 8601 */
export function linkText(link: string, until: string): string {
  return [
    link,
    `It sets the password, once, until ${until}. Who has it has the account: hand it to its owner alone, whom you know,`,
    'and keep it out of tickets and logs. The address does not count as verified by it.',
  ].join('\n');
}
