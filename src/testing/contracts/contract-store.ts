import { afterAll, beforeAll, beforeEach } from '../runner/test-runner.js';

/** A store that a suite is to try. */
export interface ContractStore<Port> {
  /** On the same store, as separate processes would have them; one, if only one can. */
  readonly instances: readonly [Port, ...Port[]];
  /** Empties the store before each test. Left out: the store is made anew for each. */
  readonly clear?: () => unknown;
  /** After the last test, or, where the store is made anew, after each. */
  readonly close?: () => unknown;
}

/** What a suite is given: an implementation that is empty, or a store with several. */
export type Made<Port extends object> = Port | ContractStore<Port> | Promise<Port | ContractStore<Port>>;

/** Before each test there is an empty store. @param opened is told which */
export function forEachTest<Port extends object>(
  make: () => Made<Port>,
  opened: (store: ContractStore<Port>) => void,
): void {
  forEachTestWith(async () => storeOf(await make()), opened);
}

/** The same where a bare implementation is not enough. */
export function forEachTestWith<Store extends Pick<ContractStore<unknown>, 'clear' | 'close'>>(
  make: () => Store | Promise<Store>,
  opened: (store: Store) => void,
): void {
  let store: Store | undefined;
  let isNew = true;

  async function open(): Promise<void> {
    store = await make();
    opened(store);
    isNew = true;
  }

  beforeAll(open);
  beforeEach(async () => {
    if (store?.clear) {
      await store.clear();
    } else if (!isNew) {
      await store?.close?.();
      await open();
    }
    isNew = false;
  });
  afterAll(() => store?.close?.());
}

/** The call on each instance in turn, all at once. */
export function callsAtOnce<Port, T>(
  { instances }: ContractStore<Port>,
  times: number,
  call: (instance: Port, index: number) => Promise<T>,
): Promise<T>[] {
  return Array.from({ length: times }, (_, index) =>
    call(instances[index % instances.length] ?? instances[0], index),
  );
}

function storeOf<Port extends object>(made: Port | ContractStore<Port>): ContractStore<Port> {
  return 'instances' in made ? made : { instances: [made] };
}
