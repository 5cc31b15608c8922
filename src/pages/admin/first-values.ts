import type { Form } from '../form-of.js';
import type { FormField } from '../rendering/page-form.js';
import type { Say } from '../rendering/page-view.js';

/** Before a field's name: what it was first filled with. No field of a team's begins with `_`. */
const FIRST = '_first.';

/** What the fields are filled with, to be sent along unseen: so that only what was touched is changed. */
export function firstValues(fields: readonly FormField[]): Record<string, string> {
  const sent = fields.filter(({ disabled }) => !disabled);
  return Object.fromEntries(sent.map(({ name, value = '' }) => [FIRST + name, value]));
}

/** Whether the field holds something else than it was filled with. */
export function isTouched(form: Form, name: string): boolean {
  const first = form[FIRST + name];
  if (first === undefined) return true;
  const value = form[name];
  // A box that is not ticked is not sent.
  return value === undefined ? first === 'true' : oneLine(value) !== oneLine(first);
}

/**
 * The fields after a refusal: what was touched stays typed, and is marked where it has changed meanwhile, too; the rest is as it is
 * now.
 * @param fields as they are now
 */
export function filledAgain(t: Say, fields: readonly FormField[], form: Form): FormField[] {
  return fields.map((field) => {
    const first = form[FIRST + field.name];
    const isSent = first !== undefined || form[field.name] !== undefined;
    if (field.disabled || !isSent || !isTouched(form, field.name)) return field;
    const { value: present = '' } = field;
    const value = form[field.name] ?? (field.type === 'checkbox' ? 'false' : '');
    const isConflict = first !== undefined && present !== first && present !== value;
    return {
      ...field,
      value,
      ...(isConflict && { error: t('admin.conflict', { present: present || '–' }) }),
    };
  });
}

/** Inputs of one line hold no line ends. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, '');
}
