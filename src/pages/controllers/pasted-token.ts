import type { ApiAnswer } from '../api/page-api.js';

/** As `OneTimeTokens` makes them. */
const TOKEN = /^lk_ot_[A-Za-z0-9_-]{43}$/;

/** The token of what was pasted: that itself, or the whole link. Nothing else of a link counts, its host neither. */
export function tokenIn(pasted: string): string {
  const text = pasted.trim();
  return /[#?&]token=([A-Za-z0-9_-]*)/.exec(text)?.[1] ?? text.replace(/^token=/, '');
}

/** That it is the pasted text that is wrong, where it can be no token, and not its age. @param answer to a form with that */
export function answerTo(token: string, answer: ApiAnswer): ApiAnswer {
  if (answer.problem?.code !== 'ONE_TIME_TOKEN_INVALID' || TOKEN.test(token)) return answer;
  const errors = [{ field: 'token', message: 'must be a token' }];
  return { ...answer, problem: { ...answer.problem, code: 'VALIDATION_FAILED', errors } };
}
