/** A moment as people of a language write it, in UTC: the server does not know where its readers are. @param iso ISO 8601 */
export function momentIn(locale: string, iso: string, precision: 'minutes' | 'seconds' = 'minutes'): string {
  return (
    new Intl.DateTimeFormat(locale, {
      dateStyle: 'medium',
      timeStyle: precision === 'seconds' ? 'medium' : 'short',
      timeZone: 'UTC',
    }).format(new Date(iso)) + ' UTC'
  );
}
