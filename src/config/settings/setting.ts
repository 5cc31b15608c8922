/** Reads the text of a setting. */
export interface Parser<T> {
  /** What is told of a text that is not accepted, after the name: `must be …`. Never shows the text. */
  readonly must: string;
  /** What an option of the setting takes, in TypeScript; a text if it says nothing. */
  readonly type?: string;
  /** What is told instead where it is known what exactly is wrong. @returns undefined where it is not */
  readonly why?: (text: string) => string | undefined;
  /** @returns undefined if the text is not accepted */
  readonly parse: (text: string) => T | undefined;
}

/** A setting: its variable in the environment, and all that is to be known of it. */
export type Setting<T = unknown> = {
  readonly name: string;
  readonly parser: Parser<T>;
  /** For people, as Markdown in one line. */
  readonly meaning: string;
  /** Where `NAME_FILE` cannot be read, its path is told: it cannot be a secret that was put in the wrong place. */
  readonly tellsPath?: boolean;
  /** Of a value, where the default is none. */
  readonly example?: string;
  /** Of a setting that is the server's alone, and no option of `LatchkeyModule`: what an application of its own does instead. */
  readonly ofServer?: string;
} & (
  | { /** The text that stands for one that is not set. */ readonly default: string }
  /** What holds while it is not set, for people; and the value then. */
  | { readonly unset: string; readonly fallback?: unknown }
  /** The default for people, where it follows from other settings; `loadConfig` gives it. */
  | { readonly derived: string }
);

/** The settings of a part of the configuration, by the names of their values. */
export type Settings = Readonly<Record<string, Setting>>;

type Parsed<S> = S extends { readonly parser: Parser<infer T> } ? T : never;
type Otherwise<S> = S extends { readonly fallback: infer F } ? F : undefined;

/** What is read of settings before what is derived has been added. */
export type ValuesOf<R> = {
  readonly [K in keyof R]: R[K] extends { readonly default: string }
    ? Parsed<R[K]>
    : Parsed<R[K]> | Otherwise<R[K]>;
};

/** What settings are in the configuration. */
type ConfigOf<R> = {
  readonly [K in keyof R]: R[K] extends { readonly unset: string }
    ? Parsed<R[K]> | Otherwise<R[K]>
    : Parsed<R[K]>;
};

/** A class to extend, whose instances have the values of the settings: an injection token of their type. */
export function configOf<R extends Settings>(_settings: R): abstract new () => ConfigOf<R> {
  return Object as abstract new () => ConfigOf<R>;
}
