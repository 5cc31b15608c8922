import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PostalMime, { type Email } from 'postal-mime';

const WITHIN = 40_000;
const EVERY = 20;

/** A mail of a server that has no `MAIL_URL`. */
export interface OutboxMail extends Email {
  readonly path: string;
  /** e.g. `password-reset` */
  readonly template: string;
  /** The address. */
  readonly recipient: string;
  /** The one in its text, if there is one. */
  readonly link: string | undefined;
  /** What follows `#token=` in the link. */
  readonly token: string | undefined;
}

export interface OutboxQuery {
  /** Waits until there are so many. */
  readonly atLeast?: number;
  /** Only those to this address. */
  readonly to?: string;
  /** Only those of this template. */
  readonly template?: string;
}

/**
 * The mails in the outbox of a `DATA_DIR`, in order.
 * @throws Error if there are not enough within some seconds
 */
export async function readOutbox(dataDir: string, query: OutboxQuery = {}): Promise<OutboxMail[]> {
  const { atLeast = 0, to, template } = query;
  const deadline = performance.now() + WITHIN;
  for (;;) {
    const all = await Promise.all(pathsIn(join(dataDir, 'outbox')).map(parse));
    const mails = all.filter(
      (mail) =>
        (to === undefined || mail.recipient === to) && (template === undefined || mail.template === template),
    );
    if (mails.length >= atLeast) return mails;
    if (performance.now() > deadline) {
      const found = all.map((mail) => `${mail.template} to ${mail.recipient}`).join(', ');
      throw new Error(`No ${atLeast} mails of ${JSON.stringify(query)}: there are ${found || 'none'}.`);
    }
    await sleep(EVERY);
  }
}

function pathsIn(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.eml'));
    return names.toSorted().map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function parse(path: string): Promise<OutboxMail> {
  const email = await PostalMime.parse(readFileSync(path));
  const [link] = /^https?:\/\/\S+$/m.exec(email.text ?? '') ?? [];
  const [, template = ''] = /-\d+-([a-z-]+)\.eml$/.exec(path) ?? [];
  const token = link?.split('#token=')[1];
  return { ...email, path, template, recipient: email.to?.[0]?.address ?? '', link, token };
}
