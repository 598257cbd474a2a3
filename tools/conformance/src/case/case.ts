import type { ErrorCode } from './error-codes.ts';
import type { Json } from './json.ts';
import type { Pattern } from './pattern.ts';
import type { Form, RouteName } from './routes.ts';

/**
 * How the server must have been started for a case to be judged.
 *
 * - `default`: as it comes
 * - `quota`: `QUOTA_SERVICE=3 QUOTA_INSTANCE=3`
 * - `schema-disabled`: `SCHEMA_DISABLE=true`
 * - `schema-frozen`: `SCHEMA_EDITABLE=false`
 */
export const profiles = ['default', 'quota', 'schema-disabled', 'schema-frozen'] as const;

/** One of {@link profiles}. */
export type Profile = (typeof profiles)[number];

/** What is sent. `${name}` stands for a captured value, `${fill:N}` for N letters. */
export interface RequestTemplate {
  readonly method: string;
  /** A path that begins with `R/`, `G/` or `A/` (spec 01 §3) exists in both forms; any other is sent as it is. */
  readonly path: string;
  /** Null takes a default header away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: RequestBody;
}

/** What a request carries. */
export type RequestBody =
  | { readonly kind: 'json'; readonly value: Json }
  /** Sent as it is; one byte a character when it is `latin1`. */
  | { readonly kind: 'raw'; readonly text: string; readonly encoding?: 'utf8' | 'latin1' }
  /** In chunks, without a length. */
  | { readonly kind: 'chunked'; readonly chunks: readonly string[] };

/** What the body of an answer should be. */
export type ExpectedBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'text'; readonly is: string | RegExp }
  | { readonly kind: 'json'; readonly is: Pattern }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly detail?: string | RegExp };

/** What an answer should be. */
export interface Expectation {
  readonly status: number;
  /** Null means that the header must not be there. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>;
  /** Not judged when left out. */
  readonly body?: ExpectedBody;
  /** What cannot be read, or is not clean, is answered before the registry sees it, and not in its form. */
  readonly isBeforeRegistry?: boolean;
}

/** One request and what must come back. */
export interface HttpStep {
  readonly kind: 'http';
  readonly request: RequestTemplate;
  readonly expect: Expectation;
  /** Names for parts of the answer: a dotted path into the body, or `header:<name>`. */
  readonly capture?: Readonly<Record<string, string>>;
  /** Asks again until the answer is right, for effects the contract allows to come later. Default 0. */
  readonly withinMs?: number;
}

/** Opens a websocket that later steps speak of by its name. */
interface WatchOpenStep {
  readonly kind: 'watch-open';
  readonly name: string;
  readonly path: string;
}

/**
 * Opens a stream of server-sent events that later steps speak of by its name. Each of its messages is a frame
 * `{"event":…,"id":…,"data":…}`, without `id` where there is none; its data is JSON.
 */
interface EventsOpenStep {
  readonly kind: 'events-open';
  readonly name: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a connection over which frames come. */
export type OpenStep = WatchOpenStep | EventsOpenStep;

/** Sends a text frame. */
interface WatchSendStep {
  readonly kind: 'watch-send';
  readonly name: string;
  readonly text: string;
}

/** The next frame must be this. */
export interface WatchFrameStep {
  readonly kind: 'watch-frame';
  readonly name: string;
  readonly is:
    | { readonly kind: 'json'; readonly is: Pattern }
    | { readonly kind: 'text'; readonly is: string };
  /** Names for parts of a JSON frame: dotted paths into it. */
  readonly capture?: Readonly<Record<string, string>>;
}

/** The server must end the connection, and send no further frame before that. */
export interface WatchClosedStep {
  readonly kind: 'watch-closed';
  readonly name: string;
  readonly code?: number;
}

/** One step of a case. */
export type Step = HttpStep | OpenStep | WatchSendStep | WatchFrameStep | WatchClosedStep;

/** One thing a server must do, as data. */
export interface ConformanceCase {
  /** The route, or the area of the contract, that the case judges. */
  readonly route: RouteName;
  /** Unique within its route. */
  readonly title: string;
  /** Where the demand is written. */
  readonly spec: string;
  readonly steps: readonly Step[];
  /** Default: every form that all of its paths exist in. */
  readonly forms?: readonly Form[];
  /** Default `default`. */
  readonly profile?: Profile;
}
