import { Ajv2020 } from 'ajv/dist/2020.js';

import type { OpenApiDocument, Response, Responses, UnroutedAnswers } from '../openapi/index.ts';
import { PathTemplates } from './path-templates.ts';

/** A request and what was answered. */
export interface ObservedAnswer {
  readonly method: string;
  /** The request target, as it was sent. */
  readonly target: string;
  readonly status: number;
  /** The headers of the answer, by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body as text, no longer compressed. */
  readonly body: string;
}

/** A part of the document. */
interface Place {
  readonly responses: Responses;
  /** The JSON pointer to it. */
  readonly pointer: string;
}

const documentUri = 'openapi.json';

/**
 * Compares answers with an OpenAPI document: status, headers, media type and body. It takes any server's document that
 * has `x-unrouted-answers` for what is answered where no operation is.
 */
export class OpenApiChecker {
  readonly #document: OpenApiDocument;
  readonly #ajv: Ajv2020;
  readonly #templates: PathTemplates;

  /** @param document - as it is served; parsed, not touched */
  constructor(document: OpenApiDocument) {
    this.#document = document;
    this.#templates = new PathTemplates(Object.keys(document.paths));
    // The document has keywords of OpenAPI around its schemas, and formats that say no more than minimum and maximum.
    this.#ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    this.#ajv.addSchema(document, documentUri, false, false);
  }

  /**
   * A checker for the document that a server serves.
   *
   * @param text - the answer of `/openapi.json`
   * @throws Error when it is no document that can be checked against
   */
  static parse(text: string): OpenApiChecker {
    const document: unknown = JSON.parse(text);
    if (!isDocument(document)) throw new Error('no OpenAPI document with x-unrouted-answers');
    return new OpenApiChecker(document);
  }

  /**
   * What in an answer is not as the document says.
   *
   * @returns one sentence a violation, empty when all is well
   */
  check(answer: ObservedAnswer): readonly string[] {
    let violations: readonly string[] | undefined;
    for (const place of this.#responsesFor(answer)) {
      const found = this.#compare(answer, place.responses, place.pointer);
      if (found.length === 0) return found;
      violations ??= found;
    }
    return violations ?? [`${answer.method} ${answer.target}: nothing is said of it`];
  }

  /** Where the document may describe the answer, the likeliest place first. */
  #responsesFor({ method, target }: ObservedAnswer): readonly Place[] {
    const beforeRouting = this.#unrouted('beforeRouting');
    if (method === 'OPTIONS') return [this.#unrouted('preflight'), beforeRouting];
    const path = this.#templates.find(target);
    const operation =
      path === undefined ? undefined : this.#document.paths[path]?.[method.toLowerCase()];
    if (path === undefined || operation === undefined) {
      return [this.#unrouted('withoutRoute'), beforeRouting];
    }
    const pointer = `/paths/${encodePointer(path)}/${method.toLowerCase()}/responses`;
    return [{ responses: operation.responses, pointer }, beforeRouting];
  }

  #unrouted(name: keyof UnroutedAnswers): Place {
    return {
      responses: this.#document['x-unrouted-answers'][name],
      pointer: `/x-unrouted-answers/${name}`,
    };
  }

  #compare(answer: ObservedAnswer, responses: Responses, pointer: string): readonly string[] {
    const { method, target, status } = answer;
    const name = `${method} ${target}`;
    const response = responses[String(status)];
    if (response === undefined) return [`${name}: status ${status} is not described`];
    const missing = Object.keys(response.headers ?? {}).filter(
      (header) => !answer.headers.has(header.toLowerCase()),
    );
    return [
      ...missing.map((header) => `${name}: ${status} has no header ${header}`),
      ...this.#compareBody(answer, response, `${pointer}/${status}`).map(
        (violation) => `${name}: ${status} ${violation}`,
      ),
    ];
  }

  #compareBody(answer: ObservedAnswer, response: Response, pointer: string): readonly string[] {
    const { body, headers, method } = answer;
    if (response.content === undefined) {
      return body === '' ? [] : ['has a body, where none is described'];
    }
    const [mediaType = ''] = (headers.get('content-type') ?? '').split(';');
    // The answer to a HEAD has no body, and a redirect of another method than GET has none either.
    if (body === '' && (method === 'HEAD' || mediaType === '')) return [];
    if (response.content[mediaType] === undefined) return [`has a body of type "${mediaType}"`];
    const value = mediaType === 'application/json' ? parse(body) : body;
    if (value === undefined) return ['has a body that is no JSON'];
    return this.#validate(value, `${pointer}/content/${encodePointer(mediaType)}/schema`);
  }

  #validate(value: unknown, pointer: string): readonly string[] {
    const validate = this.#ajv.getSchema(`${documentUri}#${pointer}`);
    if (validate === undefined) return [`has no schema at ${pointer}`];
    if (validate(value) === true) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = '', params }) =>
        `has a body that ${message} at "${instancePath}" (${JSON.stringify(params)})`,
    );
  }
}

/** Looks at the outermost members only: a test goes wrong loudly where the rest is not as it should be. */
function isDocument(value: unknown): value is OpenApiDocument {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['openapi', 'paths', 'components', 'x-unrouted-answers'].every((name) => name in value)
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function encodePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
