/**
 * Browsers send the cookie of a recognised device to the API's login alone; the page that asks it in their name needs it, too.
 * @param lines `Set-Cookie` of the API's answer
 * @param login path of the API's login, as browsers see it
 * @param signIn path of the page
 */
export function withDeviceCookieOfPages(lines: readonly string[], login: string, signIn: string): string[] {
  const path = `; Path=${login};`;
  return lines.flatMap((line) =>
    line.includes(path) ? [line, line.replace(path, `; Path=${signIn};`)] : line,
  );
}
