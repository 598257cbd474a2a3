import type { Schema } from '../model/schema.ts';
import type { FieldReader } from './field-reader.ts';
import { JsonWriter } from './json-writer.ts';

/** Reads a {@link Schema}. @throws JsonShapeError */
export function readSchema(fields: FieldReader): Schema {
  return {
    schemaId: fields.text('schemaId'),
    summary: fields.text('summary'),
    schema: fields.text('schema'),
  };
}

/** Encodes a {@link Schema}. */
export function encodeSchema(schema: Schema): string {
  return new JsonWriter()
    .text('schemaId', schema.schemaId)
    .text('summary', schema.summary)
    .text('schema', schema.schema)
    .end();
}
