import { isVersionInRange, parseVersionRule } from '@service-center/sdcommon';

/** What a text has to look like. */
export interface Pattern {
  /** How the rule is printed in an error's detail. */
  readonly text: string;
  /**
   * An expression of JavaScript (flag `u`) that every valid value matches, for documents that show the rule. Where
   * `text` is a sentence, it may ask for more. Absent where no expression says it.
   */
  readonly expression?: string;
  test(value: string): boolean;
}

/**
 * A pattern that is printed as it is written. The reference's expressions are of the RE2 family, in which `\s` and
 * `\S` know ASCII white space only; JavaScript's know more, so they are spelled out here and printed as sent.
 */
function regexp(text: string): Pattern {
  const expression = text.replaceAll(String.raw`\S`, String.raw`[^\t\n\f\r ]`);
  const compiled = new RegExp(expression, 'u');
  return { text, expression, test: (value) => compiled.test(value) };
}

const exactVersion = /^\d+(\.\d+){0,3}$/;
const dependencyVersion = /^\d+(\.\d+){0,2}\+?$|^\d+(\.\d+){0,2}-\d+(\.\d+){0,2}$|^latest$/;
const fuzzyVersionText =
  "the form x[.y[.z]] or x[.y[.z]]+ or x[.y[.z]]-x[.y[.z]] or 'latest' where x y and z are 0-32767 range";

/** The named patterns of spec 01 §6. */
export const patterns = {
  name: regexp(String.raw`^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$`),
  nameToFind: regexp(String.raw`^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.:]*[a-zA-Z0-9]$`),
  nameOrAny: regexp(String.raw`^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$|^\*$`),
  version: {
    text: 'the form x[.y[.z]] where x y and z are 0-32767 range',
    expression: exactVersion.source,
    test: (value) => exactVersion.test(value) && isVersionInRange(value),
  },
  versionRule: {
    text: fuzzyVersionText,
    test: (value) => value !== '' && parseVersionRule(value) !== undefined,
  },
  dependencyVersion: {
    text: fuzzyVersionText,
    expression: `^$|${dependencyVersion.source}`,
    test: (value) =>
      value === '' || (dependencyVersion.test(value) && parseVersionRule(value) !== undefined),
  },
  path: regexp(String.raw`^[A-Za-z0-9.,?'\\/+&amp;%$#=~_\-@{}]*$`),
  level: regexp('^(FRONT|MIDDLE|BACK)$'),
  serviceStatus: regexp('^(UP|DOWN)?$'),
  id: regexp(String.raw`^\S*$`),
  idInBatch: regexp(String.raw`^\S{1,64}$`),
  alias: regexp(String.raw`^[a-zA-Z0-9_\-.:]*$`),
  registerBy: regexp('^(SDK|SIDECAR|PLATFORM)*$'),
  environment: regexp('^(development|testing|acceptance|production)*$'),
  schemaIdAtRegistration: regexp(
    String.raw`^[a-zA-Z0-9]{1,160}$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]{0,158}[a-zA-Z0-9]$`,
  ),
  schemaId: regexp(String.raw`^[a-zA-Z0-9]+$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$`),
  schemaSummary: regexp('^[a-zA-Z0-9]*$'),
  instanceStatus: regexp('^(UP|DOWN|STARTING|TESTING|OUTOFSERVICE)?$'),
  instanceStatusRequired: regexp('^(UP|DOWN|STARTING|TESTING|OUTOFSERVICE)$'),
  heartbeatMode: regexp('^(push|pull)$'),
  url: regexp(String.raw`^\S*$`),
  nonBlank: regexp(String.raw`\S+`),
  simpleNameOrNone: regexp('^[A-Za-z0-9_.-]*$'),
  simpleName: regexp('^[A-Za-z0-9_.-]+$'),
  subscriberId: regexp(String.raw`^((websocket|socket\.io|sse)-[0-9]{1,10})?$`),
  upToThousand: regexp('^([1-9][0-9]{0,2}|1000)?$'),
  tag: regexp(String.raw`^[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$`),
  ruleType: regexp('^(WHITE|BLACK)$'),
  ruleAttribute: regexp(
    String.raw`((^tag_[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$)|(^ServiceId$)|(^AppId$)|(^ServiceName$)|(^Version$)|(^Description$)|(^Level$)|(^Status$))`,
  ),
} as const satisfies Record<string, Pattern>;
