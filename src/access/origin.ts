/**
 * An origin as browsers write it.
 * @param of who asks for it, for the message
 * @throws TypeError if the text is another
 */
export function originOf(text: string, of: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new TypeError(`${of}: ${text} is no origin such as https://app.example.com`);
}
