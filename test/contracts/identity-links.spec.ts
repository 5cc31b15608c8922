import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { identityLinksContract, InMemoryIdentityLinks } from '../../src/testing/index.js';
import { identityLinks } from '../../src/users/identity-links.table.js';
import { PostgresIdentityLinks } from '../../src/users/postgres-identity-links.js';
import { describeOnEachDatabase } from '../integration/database-under-test.js';
import { instancesOf } from './instances-of.js';

identityLinksContract('InMemoryIdentityLinks', () => ({ instances: [new InMemoryIdentityLinks()] }));

describeOnEachDatabase('PostgresIdentityLinks', (open) => {
  identityLinksContract('as IdentityLinks', async () => {
    const database = await open(3);
    const [{ db }] = database.connections;
    return {
      instances: instancesOf(database.connections, (on) => new PostgresIdentityLinks(on)),
      unitsOfWork: database.connections.map((on) => new DrizzleUnitOfWork(on)),
      clear: () => db.delete(identityLinks),
      close: () => database.remove(),
    };
  });
});
