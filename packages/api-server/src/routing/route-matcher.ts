import type { Route } from './route.ts';

/** A route and what its parameters stand for. */
export interface RouteMatch<Name extends string = string> {
  readonly route: Route<Name>;
  readonly params: Readonly<Record<string, string>>;
}

interface Node<Name extends string> {
  readonly literals: Map<string, Node<Name>>;
  parameter: Node<Name> | undefined;
  readonly routes: Map<string, { readonly route: Route<Name>; readonly names: readonly string[] }>;
}

/**
 * Finds the route of a decoded path, segment by segment: exact in letter case and slashes, a parameter takes one
 * segment that is not empty (spec 01 §1.4). Literal segments win over parameters.
 */
export class RouteMatcher<Name extends string> {
  readonly #root: Node<Name> = newNode();

  constructor(routes: readonly Route<Name>[]) {
    for (const route of routes) this.#add(route);
  }

  /** @param path - decoded, starting with a slash */
  match(method: string, path: string): RouteMatch<Name> | undefined {
    const values: string[] = [];
    let node = this.#root;
    for (let start = 1; start <= path.length;) {
      const slash = path.indexOf('/', start);
      const end = slash === -1 ? path.length : slash;
      const segment = path.slice(start, end);
      // Behind `microservices` and `instances` come ids only; hashing them for nothing is the most this costs.
      let next = node.literals.size === 0 ? undefined : node.literals.get(segment);
      if (next === undefined && segment !== '' && node.parameter !== undefined) {
        next = node.parameter;
        values.push(segment);
      }
      if (next === undefined) return undefined;
      node = next;
      start = end + 1;
    }
    const found = node.routes.get(method);
    if (found === undefined) return undefined;
    const params: Record<string, string> = {};
    const { names } = found;
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      if (name !== undefined) params[name] = values[index] ?? '';
    }
    return { route: found.route, params };
  }

  #add(route: Route<Name>): void {
    const names: string[] = [];
    let node = this.#root;
    for (const segment of route.pattern.split('/').slice(1)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node = node.parameter ??= newNode();
      } else {
        let next = node.literals.get(segment);
        if (next === undefined) {
          next = newNode();
          node.literals.set(segment, next);
        }
        node = next;
      }
    }
    node.routes.set(route.method, { route, names });
  }
}

function newNode<Name extends string>(): Node<Name> {
  return { literals: new Map(), parameter: undefined, routes: new Map() };
}
