import {
  emptyStringMap,
  encodeConsumerDependency,
  encodeMicroService,
  encodeMicroServiceDependency,
  encodeMicroServiceInstance,
  encodeServiceRule,
  encodeTextMap,
  FieldReader,
  JsonShapeError,
  readConsumerDependency,
  readMicroService,
  readMicroServiceDependency,
  readMicroServiceInstance,
  readServiceRule,
  readStringMap,
  type ResourceType,
  type ResourceValues,
  type StringMap,
  type StructReader,
} from '@service-center/sdcommon';

/** How the values of one type of resource are stored (spec 02 §4). */
interface ValueCodec<T extends ResourceType> {
  /** @throws JsonShapeError when the text is no value of the type */
  decode(text: string): ResourceValues[T];
  /** The text that this registry stores; byte for byte that of the reference. */
  encode(value: ResourceValues[T]): string;
}

/** The codec of each type's values. */
export type ValueCodecs = { readonly [T in ResourceType]: ValueCodec<T> };

const emptyText = { decode: (): '' => '', encode: (): '' => '' };

const anyText = { decode: (text: string): string => text, encode: (text: string): string => text };

const idText = {
  decode: (text: string): string => {
    if (text === '') throw new JsonShapeError('', 'must not be empty');
    return text;
  },
  encode: (text: string): string => text,
};

/** The codec of each type. */
export const valueCodecs: ValueCodecs = {
  DOMAIN: emptyText,
  PROJECT: emptyText,
  SERVICE: json(readMicroService, encodeMicroService),
  SERVICE_INDEX: idText,
  SERVICE_ALIAS: idText,
  SERVICE_TAG: { decode: decodeTags, encode: encodeTextMap },
  RULE: json(readServiceRule, encodeServiceRule),
  RULE_INDEX: idText,
  SCHEMA_REF: idText,
  SCHEMA_SUMMARY: anyText,
  DEPENDENCY_RULE: json(readMicroServiceDependency, encodeMicroServiceDependency),
  DEPENDENCY_QUEUE: json(readConsumerDependency, encodeConsumerDependency),
  INSTANCE: json(readMicroServiceInstance, encodeMicroServiceInstance),
};

function json<T>(
  read: StructReader<T>,
  encode: (value: T) => string,
): { decode(text: string): T; encode(value: T): string } {
  return { decode: (text) => read(FieldReader.parse(text)), encode };
}

function decodeTags(text: string): StringMap {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new JsonShapeError('', 'must be JSON', { cause: error });
  }
  // The reference writes a map that was never made as null.
  return value === null ? emptyStringMap : readStringMap(value);
}
