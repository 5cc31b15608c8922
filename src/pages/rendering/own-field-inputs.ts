import { Injectable } from '@nestjs/common';
import { UserFields } from '../../users/fields/user-fields.js';
import type { Form } from '../form-of.js';
import type { FormField } from './page-form.js';

/** A team's own fields that users write themselves, as inputs of forms. */
@Injectable()
export class OwnFieldInputs {
  constructor(private readonly fields: UserFields) {}

  /** @param values what is in them: texts of a form, or values of the API */
  inputs(values: Readonly<Record<string, unknown>>): FormField[] {
    return this.written.map(({ name, required }) => {
      const value = values[name];
      return {
        name,
        type: this.typeOf(name),
        label: labelOf(name),
        required: required && this.typeOf(name) !== 'checkbox',
        value: isShown(value) ? String(value) : '',
      };
    });
  }

  /** What a form says of them, as the API takes it: null for a field that was left empty. */
  valuesOf(form: Form, leftOut: 'absent' | 'null' = 'absent'): Record<string, unknown> {
    const entries = this.written.flatMap(({ name }): [string, unknown][] => {
      const type = this.typeOf(name);
      const text = form[name] ?? '';
      // A box that is not ticked is not sent.
      if (type === 'checkbox') return [[name, text === 'true']];
      if (text === '') return leftOut === 'null' ? [[name, null]] : [];
      return [[name, type === 'number' ? Number(text) : text]];
    });
    return Object.fromEntries(entries);
  }

  private get written(): UserFields['declared'] {
    return this.fields.declared.filter(({ write }) => write === 'user');
  }

  private typeOf(name: string): 'text' | 'number' | 'checkbox' {
    const type: unknown = Reflect.getMetadata(
      'design:type',
      this.fields.declaration.prototype as object,
      name,
    );
    if (type === Number) return 'number';
    return type === Boolean ? 'checkbox' : 'text';
  }
}

/** `staffNumber` as people read it: `Staff number`. */
function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What an input can hold; lists and objects are left to a front end of the team's. */
function isShown(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
