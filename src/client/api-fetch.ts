import type { ApiRoutes } from './api-types.js';
import type { Problem } from './client-error.js';

/** `GET /api/profile` and so on. */
export type ApiRoute = keyof ApiRoutes;

/** What a route takes as its body; undefined where it takes none. */
export type ApiBody<Route extends ApiRoute> = ApiRoutes[Route]['body'];

/** What a route answers; undefined where that is nothing. */
export type ApiAnswer<Route extends ApiRoute> = ApiRoutes[Route]['answer'];

/** A `Response` whose JSON has a type, once `ok` has been looked at. */
export type ApiResponse<Body> = Omit<Response, 'ok' | 'json'> &
  ({ readonly ok: true; json(): Promise<Body> } | { readonly ok: false; json(): Promise<Problem> });

/** As `fetch`; what is answered to a path of the server's has its type. */
export interface ApiFetch {
  <const Path extends string, const Method extends string = 'GET'>(
    path: Path,
    init?: RequestInit & { method?: Method },
  ): Promise<ResponseOf<RouteOf<Uppercase<Method>, WithoutQuery<Path>>>>;
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
}

type ResponseOf<Route> = [Route] extends [never]
  ? Response
  : Route extends ApiRoute
    ? ApiResponse<ApiAnswer<Route>>
    : never;

type WithoutQuery<Path extends string> = Path extends `${infer Before}?${string}` ? Before : Path;

/** Never where it is no route of ours, or where the path is known at run time only. */
type RouteOf<Method extends string, Path extends string> = string extends Path
  ? never
  : {
      [Route in ApiRoute]: Route extends `${Method} ${infer Template}`
        ? Matches<Path, Template> extends true
          ? Route
          : never
        : never;
    }[ApiRoute];

/** Segment by segment, so that a parameter is one. */
type Matches<Path extends string, Template extends string> = Template extends `${infer Segment}/${infer Rest}`
  ? Path extends `${infer First}/${infer Others}`
    ? MatchesSegment<First, Segment> extends true
      ? Matches<Others, Rest>
      : false
    : false
  : Path extends `${string}/${string}`
    ? false
    : MatchesSegment<Path, Template>;

type MatchesSegment<Segment extends string, Template extends string> = Template extends `{${string}}`
  ? true
  : Segment extends Template
    ? true
    : false;
