import type { ApiAnswer } from '../api/page-api.js';
import type { FormField } from './page-form.js';
import type { Say } from './page-view.js';
import { passwordReason } from './password-reason.js';

type Refused = Pick<ApiAnswer, 'problem' | 'retryAfter' | 'openedAt'>;

/** What went wrong, in the reader's words. @param wrong another word for `INVALID_CREDENTIALS`, where no address is asked for */
export function problemText(
  t: Say,
  { problem, retryAfter, openedAt }: Refused,
  wrong?: string,
): string | undefined {
  if (!problem) return undefined;
  if (wrong !== undefined && problem.code === 'INVALID_CREDENTIALS') return t(wrong);
  if (openedAt !== undefined) return t('problem.elsewhere', { opened: openedAt });
  const key = `problem.${problem.code}`;
  const text = t(key, { seconds: retryAfter ?? 60 });
  if (text !== key) return text;
  return t(problem.status >= 500 ? 'problem.INTERNAL' : 'problem.title');
}

/** The fields, each with what is wrong with it. */
export function withErrors(t: Say, fields: readonly FormField[], { problem }: ApiAnswer): FormField[] {
  const wrong = new Map((problem?.errors ?? []).map(({ field, message }) => [field, message]));
  return fields.map((field) => {
    const message = wrong.get(field.name) ?? wrong.get(renamed(field.name));
    return message === undefined
      ? field
      : { ...field, error: errorOf(t, field, problem?.code ?? '', message) };
  });
}

/** A form says `password` where the API says `newPassword`. */
function renamed(name: string): string {
  return name === 'newPassword' ? 'password' : name;
}

function errorOf(t: Say, { name, type, value, own }: FormField, code: string, message: string): string {
  if (code === 'PASSWORD_REJECTED') return passwordReason(t, message);
  if (code === 'FIELD_TAKEN') return t('problem.FIELD_TAKEN');
  if (type === 'email') return t('field.email');
  if (value === '' || value === undefined) return t('field.missing');
  if (type === 'token') return t('field.token');
  if (own) return message;
  const key = `field.${name}`;
  const text = t(key);
  return text === key ? t('field.invalid') : text;
}
