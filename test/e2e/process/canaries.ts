import { randomBytes } from 'node:crypto';

/** Secrets that occur nowhere else, each with where it was put. */
export class Canaries {
  readonly all = new Map<string, string>();

  plant(where: string, prefix = ''): string {
    const secret = `${prefix}cAnAry${randomBytes(12).toString('hex')}`;
    this.all.set(secret, where);
    return secret;
  }

  /** Real ones, by their latter half, which no two share. */
  know(where: string, token: string): void {
    this.all.set(token.slice(-40), where);
  }

  foundIn(text: string): string[] {
    return [...this.all].filter(([secret]) => text.includes(secret)).map(([, where]) => where);
  }
}
