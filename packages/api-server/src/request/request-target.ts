import { unescape as unescapeLoosely } from 'node:querystring';

/** A request target, split and decoded. */
export interface RequestTarget {
  /** The path, percent-decoded: `%2F` has become `/`. */
  readonly path: string;
  /** What follows the first `?`, as it was sent; `''` for none. */
  readonly rawQuery: string;
}

const badEscape = /%(?![0-9a-fA-F]{2})/;
const unclean = /\/\/|\/\.\.?(?:\/|$)/;

/**
 * Splits a request target at the first `?` and decodes its path.
 *
 * @returns undefined when the path has a `%` that no two hexadecimal digits follow
 */
export function parseRequestTarget(url: string): RequestTarget | undefined {
  const question = url.indexOf('?');
  const rawPath = question === -1 ? url : url.slice(0, question);
  const rawQuery = question === -1 ? '' : url.slice(question + 1);
  if (!rawPath.includes('%')) return { path: rawPath, rawQuery };
  if (badEscape.test(rawPath)) return undefined;
  // Bytes that are not UTF-8 become the replacement character: no stored id has one, so nothing is found.
  return { path: unescapeLoosely(rawPath), rawQuery };
}

/** Whether the path has neither an empty segment nor `.` or `..` (spec 01 §1.1). */
export function isCleanPath(path: string): boolean {
  return path.startsWith('/') && !unclean.test(path);
}

/** The path without empty, `.` and `..` segments; a slash at the end stays. */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1);
  const isDirectory = last === '';
  return kept.length === 0 ? '/' : `/${kept.join('/')}${isDirectory ? '/' : ''}`;
}

const escapedBesides = /[?#!'()*]/g;

/** Encodes a decoded path, so that it can stand in a `Location` header. */
export function encodePath(path: string): string {
  return encodeURI(path.toWellFormed()).replace(
    escapedBesides,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Encodes a decoded path segment by segment, so that whoever decodes it sees the same segments again. */
export function encodeSegments(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed());
}
