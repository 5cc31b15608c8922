import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer } from '../api/page-api.js';
import type { Form } from '../form-of.js';
import type { PageResponse, Say } from '../rendering/page-view.js';
import { type AdminPage, withQuery } from './admin-page.js';

type Query = Readonly<Record<string, string | undefined>>;

interface ListCall {
  /** Of the API. */
  readonly route: string;
  /** Of the page. */
  readonly path: string;
  /** As the page's address has it. */
  readonly query: Query;
  /** What the API is asked in place of some of it, and besides. */
  readonly others: Query;
}

interface AskedList {
  readonly answer: ApiAnswer;
  /** What of the query was understood, without the place in the list. */
  readonly kept: Query;
  /** Where some of it was not: the API's refusal, and which. */
  readonly refused?: ApiAnswer;
  readonly wrong: readonly string[];
}

/**
 * Asks for a list. What the API does not understand of the query is left out, and the list begins anew.
 * @returns a text is the page to answer with instead
 */
export async function askList(
  page: AdminPage,
  request: HttpRequest,
  response: PageResponse,
  { route, path, query, others }: ListCall,
): Promise<AskedList | string> {
  const { cursor, ...filters } = query;
  const ask = (asked: Query) => {
    const place = asked === filters ? cursor : undefined;
    const replaced = Object.entries(others).filter(([name]) => !(name in query) || asked[name] !== undefined);
    const sent = { ...asked, ...Object.fromEntries(replaced), cursor: place };
    return page.ask(request, response, withQuery(route, sent), withQuery(path, { ...asked, cursor: place }));
  };
  const answer = await ask(filters);
  if (typeof answer === 'string') return answer;
  if (!answer.problem) return { answer, kept: filters, wrong: [] };
  const wrong = (answer.problem.errors ?? []).map(({ field }) => field);
  const kept: Form = Object.fromEntries(
    Object.entries(filters).filter((entry): entry is [string, string] => {
      return entry[1] !== undefined && !wrong.includes(entry[0]);
    }),
  );
  const again = await ask(kept);
  if (typeof again === 'string') return again;
  if (again.problem) return page.refuse(request, response, again);
  return { answer: again, kept, refused: answer, wrong };
}

/** Says which parts of a query were left out. @param words what the words for its filters begin with */
export function leftOut(t: Say, wrong: readonly string[], words: string): string {
  const names = wrong.map((name) => t(name === 'cursor' ? 'admin.cursor' : `${words}.${name}`));
  return t('admin.left-out', { names: names.join(', ') });
}
