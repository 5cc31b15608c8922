import type { ApiRoutes, UserModel } from './api-types.js';
import type { Problem } from './client-error.js';

/** `GET /api/profile` and so on. */
export type ApiRoute = keyof ApiRoutes;

/** What a route takes as its body; undefined where it takes none. */
export type ApiBody<Route extends ApiRoute> = ApiRoutes[Route]['body'];

/**
 * What answers have of a team's own fields. Null: nothing, also in accounts that are older than a field.
 * @typeParam Fields the class that declares them, or its type
 */
export type OwnFields<Fields extends object> = {
  readonly [Name in keyof Fields]-?: Exclude<Fields[Name], undefined> | null;
};

/**
 * An answer that is a user, or has one as its `user`, with a team's own fields.
 * @typeParam Fields the class that declares them, or its type
 */
export type WithOwnFields<Answer, Fields extends object> = Answer extends UserModel
  ? Answer & OwnFields<Fields>
  : Answer extends { readonly user: UserModel }
    ? Answer & { readonly user: OwnFields<Fields> }
    : Answer;

/** What a route answers; undefined where that is nothing. */
export type ApiAnswer<Route extends ApiRoute> = ApiRoutes[Route]['answer'];

/** A `Response` whose JSON has a type, once `ok` has been looked at. */
export type ApiResponse<Body> = Omit<Response, 'ok' | 'json'> &
  ({ readonly ok: true; json(): Promise<Body> } | { readonly ok: false; json(): Promise<Problem> });

/**
 * As `fetch`; what is answered to a path of the server's has its type.
 * @typeParam Fields a team's own fields of users
 */
export interface ApiFetch<Fields extends object = object> {
  <const Path extends string, const Method extends string = 'GET'>(
    path: Path,
    init?: RequestInit & { method?: Method },
  ): Promise<ResponseOf<RouteOf<Uppercase<Method>, WithoutQuery<Path>>, Fields>>;
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
}

type ResponseOf<Route, Fields extends object> = [Route] extends [never]
  ? Response
  : Route extends ApiRoute
    ? ApiResponse<WithOwnFields<ApiAnswer<Route>, Fields>>
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
