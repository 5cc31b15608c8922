import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  type AnswerDecision,
  type ChallengeAnswer,
  Clock,
  emailKey,
  type LatchkeyComposition,
  type Login,
  type LoginDecision,
  LoginGate,
} from 'latchkey';

/** A table of yours: the secret that a user's authenticator app shares with it, and the last step that was used. */
export abstract class Authenticators {
  abstract secretOf(user: string): Promise<Buffer | undefined>;
  /** `update … set step = $2 where user_id = $1 and step < $2`: a code is good once. @returns whether it was this call */
  abstract use(user: string, step: number): Promise<boolean>;
}

const STEP = 30_000;

/** Contractors come to the office; who has an authenticator app is asked for its code (RFC 6238). */
@Injectable()
class TotpGate extends LoginGate {
  constructor(
    private readonly authenticators: Authenticators,
    private readonly clock: Clock,
  ) {
    super();
  }

  async decide({ user, client }: Login): Promise<LoginDecision> {
    if (emailKey(user.email).endsWith('@contractor.example') && !client.ip?.startsWith('10.'))
      return { outcome: 'deny', reason: 'OFFICE_ONLY', message: 'Contractors log in from the office.' };
    const secret = await this.authenticators.secretOf(user.id);
    return secret ? { outcome: 'challenge', challenges: [{ kind: 'totp' }] } : { outcome: 'allow' };
  }

  override async check({ login: { user }, answer }: ChallengeAnswer): Promise<AnswerDecision> {
    const secret = await this.authenticators.secretOf(user.id);
    const now = Math.floor(this.clock.now() / STEP);
    const step = secret && [now, now - 1].find((each) => isCodeOf(secret, each, answer));
    const used = step !== undefined && (await this.authenticators.use(user.id, step));
    return used ? { outcome: 'allow', methods: ['otp'] } : { outcome: 'wrong' };
  }
}

function isCodeOf(secret: Buffer, step: number, answer: string): boolean {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const code = (mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000;
  const expected = Buffer.from(String(code).padStart(6, '0'));
  const given = Buffer.from(answer);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** @param authenticators your table */
export const totpFor = (authenticators: Authenticators): LatchkeyComposition => ({
  providers: [
    { provide: Authenticators, useValue: authenticators },
    { provide: LoginGate, useClass: TotpGate },
  ],
});
