import { rules, tenantNameRule, type Rule } from '@service-center/registry/validation';

import type { RouteForm } from '../routing/route.ts';
import type { Parameter } from './document-types.ts';
import type { JsonSchema } from './json-schema.ts';
import type { OperationSpec, ParameterSpec } from './operation.ts';
import { annotate } from './request-schema.ts';
import { textSchema } from './rule-schema.ts';

/** The rules of path parameters, by name. */
const pathRules: Readonly<Record<string, { readonly rule: Rule; readonly description: string }>> = {
  project: { rule: tenantNameRule, description: 'The project, usually `default`.' },
  serviceId: { rule: rules.serviceId, description: 'The service.' },
  consumerId: { rule: rules.serviceId, description: 'The service that depends.' },
  providerId: { rule: rules.serviceId, description: 'The service that is depended on.' },
  instanceId: { rule: rules.instanceId, description: 'The instance.' },
  schemaId: { rule: rules.schemaId, description: 'The contract.' },
  rule_id: { rule: rules.serviceId, description: 'The rule.' },
};

const domainDescription = 'The domain; `default` without it.';
const tenantHeaders: Readonly<Record<RouteForm, readonly Parameter[]>> = {
  plain: [],
  v4: [tenantHeader('X-Domain-Name', domainDescription)],
  v3: [
    tenantHeader('X-Tenant-Name', domainDescription),
    tenantHeader('X-Domain-Name', 'The domain, where `X-Tenant-Name` is absent.'),
  ],
};

/** All parameters of an operation on a pattern. @throws Error for a path parameter without a rule */
export function parametersOf(
  operation: OperationSpec,
  pattern: string,
  form: RouteForm,
): readonly Parameter[] {
  const inPath = parameterNames(pattern).map((name): Parameter => ({
    name,
    in: 'path',
    required: true,
    schema: operation.pathParameters?.[name] ?? pathSchema(name),
  }));
  return [...inPath, ...tenantHeaders[form], ...(operation.parameters ?? []).map(toParameter)];
}

/** The pattern as OpenAPI writes it: `{serviceId}` for `:serviceId`. */
export function pathTemplate(pattern: string): string {
  return pattern.replaceAll(/:(\w+)/g, '{$1}');
}

function parameterNames(pattern: string): readonly string[] {
  return Array.from(pattern.matchAll(/:(\w+)/g), ([, name = '']) => name);
}

function pathSchema(name: string): JsonSchema {
  const known = pathRules[name];
  if (known === undefined) throw new Error(`the path parameter ${name} has no rule`);
  return annotate(textSchema(known.rule), { description: known.description });
}

function tenantHeader(name: string, description: string): Parameter {
  return { name, in: 'header', description, required: false, schema: textSchema(tenantNameRule) };
}

function toParameter({
  name,
  in: place,
  description,
  isRequired,
  schema,
}: ParameterSpec): Parameter {
  return { name, in: place, description, required: isRequired, schema };
}
