import type { Adapter, AdapterPayload } from 'oidc-provider';

/** An adapter of the protocol library for a model that is found by its id, and of which the rest has no meaning. */
export abstract class MinimalAdapter implements Adapter {
  abstract find(id: string): Promise<AdapterPayload | undefined>;

  abstract upsert(): Promise<void>;

  async destroy(_id: string): Promise<void> {}

  async revokeByGrantId(_id: string): Promise<void> {}

  async consume(): Promise<void> {}

  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
