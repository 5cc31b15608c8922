import type { Say } from '../rendering/page-view.js';

/** What a scope lets a client do, in the reader's words; one that a role gives, by its name. */
export function scopeText(t: Say, scope: string): string {
  const key = `scope.${scope}`;
  const text = t(key);
  return text === key ? t('scope.other', { scope }) : text;
}
