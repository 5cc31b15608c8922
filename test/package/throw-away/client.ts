import { createLatchkeyClient } from 'latchkey/client';
import type { StaffFields } from '../../docs/examples/staff-fields.js';

// Registers by the client, which knows the types of the team's own fields.

const client = createLatchkeyClient<StaffFields>({ baseUrl: process.argv[2] ?? '' });
const user = await client.register({
  email: 'client@example.com',
  password: 'correct horse battery staple',
  staffNumber: 'c1234',
  telephone: '+49 30 123456',
});
const telephone: string | null | undefined = user?.telephone;
process.stdout.write(JSON.stringify({ staffNumber: user?.staffNumber, telephone }));
