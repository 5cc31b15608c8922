import type { LatchkeyComposition } from 'latchkey';

export const withoutEmailChange: LatchkeyComposition = { routes: { except: ['email-change'] } };
