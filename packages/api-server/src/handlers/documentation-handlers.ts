import { contentSecurityPolicy, documentationPage } from '../documentation/page.ts';
import { PageAssets, type PageAsset } from '../documentation/page-assets.ts';
import type { OpenApiDocument } from '../openapi/index.ts';
import type { Handlers } from '../pipeline/handler.ts';
import { KeptBody } from '../reply/kept-body.ts';
import { textReply, type Reply } from '../reply/reply.ts';
import { pathParameter } from '../request/request-context.ts';

const noSuchFile = textReply(404, '404 page not found\n');
// Headers as names and values in turns.
const guards = ['X-Content-Type-Options', 'nosniff', 'Referrer-Policy', 'no-referrer'] as const;
const maxAge = ['Cache-Control', 'max-age=3600'] as const;
const policy = ['Content-Security-Policy', contentSecurityPolicy] as const;

/**
 * The description of the API and the page that shows it.
 *
 * @param createDocument - called when somebody first asks for the document
 */
export function createDocumentationHandlers(
  createDocument: () => OpenApiDocument,
): Pick<Handlers, 'DocumentationAsset' | 'DocumentationPage' | 'OpenApiDocument'> {
  const assets = new PageAssets();
  const assetReplies = new WeakMap<PageAsset, Reply>();
  const page = keptReply('text/html; charset=utf-8', new KeptBody(documentationPage), [
    ...policy,
    ...guards,
  ]);
  let document: Reply | undefined;
  return {
    OpenApiDocument: () => {
      document ??= keptReply(
        'application/json; charset=UTF-8',
        new KeptBody(JSON.stringify(createDocument())),
        [],
      );
      return document;
    },

    DocumentationPage: () => page,

    DocumentationAsset: async (context) => {
      const asset = await assets.get(pathParameter(context, 'asset'));
      if (asset === undefined) return noSuchFile;
      let reply = assetReplies.get(asset);
      if (reply === undefined) {
        reply = keptReply(asset.contentType, asset.content, [...guards, ...maxAge]);
        assetReplies.set(asset, reply);
      }
      return reply;
    },
  };
}

function keptReply(contentType: string, content: KeptBody, headers: readonly string[]): Reply {
  return {
    status: 200,
    headers: ['Content-Type', contentType, ...headers],
    body: content.body,
    compressor: content,
    isShared: true,
  };
}
