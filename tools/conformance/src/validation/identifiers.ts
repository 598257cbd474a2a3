import type { TextRule } from './field-rule.ts';
import * as formats from './formats.ts';

/** A serviceId in a path or a query (spec 01 §6). */
export const requiredServiceId: TextRule = {
  kind: 'text',
  format: formats.serviceId,
  min: 1,
  max: 64,
};

/** An instanceId in a path (spec 01 §6). */
export const requiredInstanceId: TextRule = {
  kind: 'text',
  format: formats.simpleName,
  min: 1,
  max: 64,
};

/** The serviceId of a caller in `X-ConsumerId` (spec 01 §6). */
export const consumerId: TextRule = { kind: 'text', format: formats.serviceId, max: 64 };

/** An environment, which may be empty (spec 01 §6). */
export const environment: TextRule = { kind: 'text', format: formats.environment };

/** A schemaId in a path (spec 01 §6). */
export const requiredSchemaId: TextRule = {
  kind: 'text',
  format: formats.schemaId,
  min: 1,
  max: 160,
};

/** An appId and a service name or alias of a query (spec 01 §6). */
export const lookupFields: { readonly appId: TextRule; readonly serviceName: TextRule } = {
  appId: { kind: 'text', format: formats.name, min: 1, max: 160 },
  serviceName: { kind: 'text', format: formats.nameOrAlias, min: 1, max: 289 },
};

/** A key or a value of a tag (spec 01 §6). */
export const tagText: TextRule = { kind: 'text', format: formats.tag, min: 1, max: 64 };
