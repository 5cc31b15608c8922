import type { FormField, FormModel } from '../rendering/page-form.js';

/** What stands in a cell of a table. */
export interface Cell {
  readonly text: string;
  /** Path of the application. */
  readonly href?: string | undefined;
  /** ISO 8601, of which `text` is the wording. */
  readonly at?: string | undefined;
  readonly tags?: readonly { readonly text: string; readonly bad: boolean }[];
}

/** A button at the end of a row. */
export interface RowAction {
  /** Path of the application. */
  readonly action: string;
  readonly text: string;
  /** The same with what it is done to, for those who do not see the row. */
  readonly label: string;
  readonly hidden: Readonly<Record<string, string>>;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly action?: RowAction | undefined }[];
  /** What is said where there are no rows. */
  readonly none: string;
  /** Of the next page. */
  readonly more?: string | undefined;
}

/** A part of an administrator's page. */
export interface Section {
  readonly heading?: string;
  readonly intro?: string;
  readonly details?: readonly (readonly [name: string, text: string])[];
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  /** Asks for the same page with other parameters. */
  readonly filter?: {
    readonly action: string;
    readonly fields: readonly FormField[];
    readonly submit: string;
  };
  readonly table?: Table;
  readonly form?: FormModel;
}
