import axios, { type AxiosInstance } from 'axios';
import { type LatchkeyClient, LatchkeyClientError } from 'latchkey/client';

/** Axios by way of the client, which sees to the tokens; what fails fails as it does there. */
export function axiosFor(client: LatchkeyClient, baseURL: string): AxiosInstance {
  const instance = axios.create({ baseURL, adapter: 'fetch', env: { fetch: client.fetch } });
  instance.interceptors.response.use(undefined, async (error: unknown) => {
    if (!axios.isAxiosError(error)) throw error;
    if (error.cause instanceof LatchkeyClientError) throw error.cause;
    const { response } = error;
    if (!response) throw error;
    const { status, data } = response;
    const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    throw await LatchkeyClientError.from(new Response(JSON.stringify(data), { status, headers }));
  });
  return instance;
}
