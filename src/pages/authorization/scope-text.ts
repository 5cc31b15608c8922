import type { Say } from '../rendering/page-view.js';

/** What a scope lets a client do, in the reader's words; by its name, where neither we nor the team have words for it. */
export function scopeText(t: Say, scope: string): string {
  const key = `scope.${scope}`;
  const text = t(key, { scope });
  return text === key ? t('scope.unnamed', { scope }) : text;
}
