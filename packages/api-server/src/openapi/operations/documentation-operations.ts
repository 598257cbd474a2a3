import type { OperationSpec } from '../operation.ts';

/** The document itself and the page that shows it. */
export const documentationOperations = {
  OpenApiDocument: {
    tag: 'Documentation',
    summary: 'Get this document',
    isStatic: true,
    answer: {
      description: 'An OpenAPI 3.1 document.',
      content: { 'application/json': { type: 'object' } },
    },
  },
  DocumentationPage: {
    tag: 'Documentation',
    summary: 'Browse this document',
    isStatic: true,
    answer: { description: 'A page.', content: { 'text/html': { type: 'string' } } },
  },
  DocumentationAsset: {
    tag: 'Documentation',
    summary: 'Get a part of the page that shows this document',
    isStatic: true,
    pathParameters: { asset: { type: 'string', description: 'The name of a file.' } },
    answer: {
      description: 'The file.',
      content: {
        'text/css': { type: 'string' },
        'text/javascript': { type: 'string' },
        'image/png': { type: 'string' },
      },
    },
    otherAnswers: {
      '404': {
        description: 'The page has no such file.',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
    },
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;
