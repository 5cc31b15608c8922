/**
 * `URL.parse` for Node 20, which the protocol library asks for: a URL, or null where the constructor would throw.
 * Node has it since 22.1.
 */
export function provideUrlParse(): void {
  const url = URL as typeof URL & { parse?: (url: string, base?: string) => URL | null };
  url.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);
}
