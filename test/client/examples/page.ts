import { createLatchkeyClient } from 'latchkey/client';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { axiosFor } from './axios-for.js';
import { interceptFetch } from './intercept-fetch.js';
import { useUser } from './use-user.js';

export const client = createLatchkeyClient({ baseUrl: '/', mode: 'cookie' });
export const http = axiosFor(client, location.origin);
export const intercept = (): (() => void) => interceptFetch(client, location.origin);

function Greeting() {
  const user = useUser(client);
  if (user === undefined) return 'One moment';
  return user ? `Welcome ${user.email}` : 'Please log in';
}

/** Shows who is signed in. */
export function show(): void {
  const element = document.body.appendChild(document.createElement('main'));
  createRoot(element).render(createElement(Greeting));
}
