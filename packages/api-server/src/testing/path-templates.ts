import { parseRequestTarget } from '../request/request-target.ts';

const special = /[.*+?^${}()|[\]\\/]/g;

/** Finds the path template that a request target belongs to. */
export class PathTemplates {
  readonly #templates: readonly { readonly path: string; readonly expression: RegExp }[];

  /** @param paths - such as `/v4/{project}/registry/instances` */
  constructor(paths: readonly string[]) {
    // What is spelled out wins over a parameter in its place.
    this.#templates = paths
      .toSorted((left, right) => parameterCount(left) - parameterCount(right))
      .map((path) => ({ path, expression: expressionOf(path) }));
  }

  /** @returns undefined when none fits */
  find(target: string): string | undefined {
    const path = parseRequestTarget(target)?.path;
    if (path === undefined) return undefined;
    return this.#templates.find(({ expression }) => expression.test(path))?.path;
  }
}

function parameterCount(path: string): number {
  return path.split('{').length - 1;
}

function expressionOf(path: string): RegExp {
  const segments = path
    .split('/')
    .map((segment) =>
      segment.startsWith('{') ? '[^/]+' : segment.replaceAll(special, String.raw`\$&`),
    );
  return new RegExp(`^${segments.join('/')}$`, 'u');
}
