/** What is public of a class, which something else than a subclass may stand in for. */
export type PublicOf<T> = Pick<T, keyof T>;
