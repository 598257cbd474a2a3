import {
  FieldReader,
  JsonShapeError,
  readStringMap,
  ServiceCenterError,
  type StringMap,
} from '@service-center/sdcommon';

/** The detail with which instance routes answer every body they cannot decode (spec 01 §2.1). */
export const undecodable = 'Unmarshal error';

/**
 * Decodes a request body. A body of `null` counts as an object without members, as in the reference.
 *
 * @param read - reads the members
 * @param detail - what to say of a body that cannot be decoded; default: what is wrong with it
 * @throws ServiceCenterError `invalidParameters`
 */
export function decodeBody<T>(body: string, read: (fields: FieldReader) => T, detail?: string): T {
  try {
    return read(body.trim() === 'null' ? FieldReader.open({}) : FieldReader.parse(body));
  } catch (error) {
    throw asInvalid(error, detail);
  }
}

/**
 * Decodes the body of a tags request: a map of maps of strings, whose member `tags` counts, spelled exactly so
 * (spec 01 §2.1).
 *
 * @throws ServiceCenterError `invalidParameters`
 */
export function decodeTags(body: string): StringMap {
  try {
    const parsed: unknown = JSON.parse(body);
    const members = parsed === null ? {} : parsed;
    if (typeof members !== 'object' || Array.isArray(members)) {
      throw new JsonShapeError('', 'must be an object');
    }
    let tags: StringMap = {};
    for (const [name, member] of Object.entries(members)) {
      const map = readStringMap(member ?? {}, name);
      if (name === 'tags') tags = map;
    }
    return tags;
  } catch (error) {
    throw asInvalid(error);
  }
}

function asInvalid(error: unknown, detail?: string): unknown {
  if (!(error instanceof JsonShapeError) && !(error instanceof SyntaxError)) return error;
  return new ServiceCenterError('invalidParameters', detail ?? error.message, { cause: error });
}
