/** A moment as people of a language write it, in UTC: the server does not know where its readers are. @param iso ISO 8601 */
export function momentIn(locale: string, iso: string): string {
  return (
    new Intl.DateTimeFormat(locale, {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: 'UTC',
    }).format(new Date(iso)) + ' UTC'
  );
}
