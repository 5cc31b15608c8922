/** Where an operator may sit: what they type, and where they are asked. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Not standard output, which has the answer alone. */
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** That of the process. */
export function standardTerminal(): Terminal {
  return { input: process.stdin, output: process.stderr };
}
