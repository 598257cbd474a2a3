import type { JsonSchema } from './json-schema.ts';

/** The parts of an OpenAPI 3.1 document that ours has. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** Operations by path and method, the method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly 'x-unrouted-answers': UnroutedAnswers;
}

/** What is answered although no operation was carried out; OpenAPI has no place for it. */
export interface UnroutedAnswers {
  /** Before the route is looked up, whatever it is. By status. */
  readonly beforeRouting: Responses;
  /** When nothing has this path, or nothing this method. By status. */
  readonly withoutRoute: Responses;
  /** To every OPTIONS. By status. */
  readonly preflight: Responses;
}

/** An operation of the document. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required: true;
    readonly description: string;
    readonly content: Content;
  };
  readonly responses: Responses;
}

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: 'header' | 'path' | 'query';
  readonly description?: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** Bodies by media type. */
export type Content = Readonly<
  Record<
    string,
    {
      readonly schema: JsonSchema;
      readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
    }
  >
>;

/** Responses by status. */
export type Responses = Readonly<Record<string, Response>>;

/** What is answered with one status. */
export interface Response {
  readonly description: string;
  readonly headers?: Readonly<
    Record<
      string,
      { readonly description: string; readonly required: true; readonly schema: JsonSchema }
    >
  >;
  readonly content?: Content;
}
