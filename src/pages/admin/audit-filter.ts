import { AUDIT_EVENT_TYPES, AUDIT_OUTCOMES } from '../../audit/audit-event.js';
import type { Form } from '../form-of.js';
import type { FormField } from '../rendering/page-form.js';
import type { Say } from '../rendering/page-view.js';

/** What an event is called; one of a later version by its name in the API. */
export function eventName(t: Say, type: string): string {
  const key = `event.${type}`;
  const name = t(key);
  return name === key ? type : name;
}

/** A field of a form has no offset; it is in UTC, as all times of the pages. */
export function instantOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[\d-]+T\d\d:\d\d$/.test(text) ? `${text}:00Z` : text;
}

/** The fields by which the audit log is looked through. */
export function filterOf(t: Say, given: Form): FormField[] {
  const any: [string, string] = ['', t('admin.all')];
  const select = (name: string, values: readonly string[], say: (value: string) => string): FormField => ({
    name,
    type: 'select',
    label: t(`admin.audit.${name}`),
    value: given[name],
    options: [any, ...values.map((value): [string, string] => [value, say(value)])],
  });
  const input = (name: string, type: FormField['type'] = 'text'): FormField => ({
    name,
    type,
    label: t(`admin.audit.${name}`),
    value: given[name],
  });
  return [
    select('type', AUDIT_EVENT_TYPES, (type) => eventName(t, type)),
    select('outcome', AUDIT_OUTCOMES, (outcome) => t(`admin.audit.${outcome}`)),
    input('subject'),
    input('actor'),
    input('ip'),
    input('from', 'datetime-local'),
    input('to', 'datetime-local'),
  ];
}
