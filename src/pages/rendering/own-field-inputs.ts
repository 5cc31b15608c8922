import { Injectable } from '@nestjs/common';
import { UserFields } from '../../users/fields/user-fields.js';
import type { Form } from '../form-of.js';
import type { FormField } from './page-form.js';

type InputType = 'text' | 'number' | 'checkbox';

/** What a field is declared as; a union of texts has the type of any object. */
const INPUTS: ReadonlyMap<unknown, InputType> = new Map<unknown, InputType>([
  [Number, 'number'],
  ['number', 'number'],
  ['integer', 'number'],
  [Boolean, 'checkbox'],
  ['boolean', 'checkbox'],
  [String, 'text'],
  ['string', 'text'],
  [Object, 'text'],
  [undefined, 'text'],
]);

/** Where `@ApiProperty()` keeps what it was told. */
const DESCRIBED = 'swagger/apiModelProperties';

interface Described {
  readonly type?: unknown;
  readonly isArray?: boolean;
}

/** A team's own fields that users write themselves, as inputs of forms. */
@Injectable()
export class OwnFieldInputs {
  constructor(private readonly fields: UserFields) {}

  /** @param values what is in them: texts of a form, or values of the API */
  inputs(values: Readonly<Record<string, unknown>>): FormField[] {
    return this.written.flatMap(({ name, required, type }): FormField[] => {
      const value = values[name];
      // Lists and objects are left to a front end of the team's.
      if (typeof value === 'object' && value !== null) return [];
      return [
        {
          name,
          type,
          label: labelOf(name),
          required: required && type !== 'checkbox',
          value: isShown(value) ? String(value) : '',
        },
      ];
    });
  }

  /** What a form says of them, as the API takes it: null for a field that was left empty. */
  valuesOf(form: Form, leftOut: 'absent' | 'null' = 'absent'): Record<string, unknown> {
    const entries = this.written.flatMap(({ name, type }): [string, unknown][] => {
      const text = form[name] ?? '';
      // A box that is not ticked is not sent.
      if (type === 'checkbox') return [[name, text === 'true']];
      // It was not in the form, and stays as it is.
      if (form[name] === undefined) return [];
      if (text === '') return leftOut === 'null' ? [[name, null]] : [];
      return [[name, type === 'number' ? Number(text) : text]];
    });
    return Object.fromEntries(entries);
  }

  private get written(): { name: string; required: boolean; type: InputType }[] {
    return this.fields.declared.flatMap(({ name, required, write }) => {
      const type = this.typeOf(name);
      return write === 'user' && type !== undefined ? [{ name, required, type }] : [];
    });
  }

  /** @returns undefined for lists and classes */
  private typeOf(name: string): InputType | undefined {
    const prototype = this.fields.declaration.prototype as object;
    const described = Reflect.getMetadata(DESCRIBED, prototype, name) as Described | undefined;
    if (described?.isArray === true) return undefined;
    const type = described?.type ?? (Reflect.getMetadata('design:type', prototype, name) as unknown);
    return INPUTS.get(type);
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

/** What an input can hold. */
function isShown(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
