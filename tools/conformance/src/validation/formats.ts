/** A named form of a text (spec 01 §6), by examples on both sides of every one of its edges. */
export interface Format {
  readonly accepts: readonly string[];
  /** None of them is empty and none is refused for its length. */
  readonly refuses: readonly string[];
  /** A text of this form with that many characters; left out when the form bounds its length itself. */
  readonly ofLength?: (length: number) => string;
  /** Code points outside ASCII that the form accepts, to tell characters from bytes and from UTF-16 units. */
  readonly wideCharacter?: string;
}

const letters = (length: number): string => 'a'.repeat(length);

const nameRefuses = [
  '-a',
  '_a',
  '.a',
  'a-',
  'a_',
  'a.',
  'a b',
  ' ',
  'a/b',
  'a@b',
  'é',
  '服务',
  'a\n',
  'a\tb',
  'a\u0000b',
];

const versions = ['0', '1', '1.0', '1.0.0', '1.0.0.0', '01.0', '32767', '32767.32767.32767.32767'];

const brokenVersions = [
  ' ',
  '1.',
  '.1',
  '1..0',
  '1.a.0',
  'v1.0.0',
  '1.0.0.0.0',
  '32768',
  '1.32768.0',
  '1.0.0.32768',
  '99999999999999999999',
  '-1',
  '1.0.0 ',
  '1.0.0\n',
  '１.0',
  '1,0',
];

/** A version of that many characters: leading zeros count as characters, not as a number. */
const paddedVersion = (length: number): string => `1.${'0'.repeat(length - 2)}`;

/** `name` (spec 01 §6). */
export const name: Format = {
  accepts: ['a', 'Z', '0', 'a-b', 'a_b', 'a.b', 'a--b', 'A9'],
  refuses: [...nameRefuses, 'a:b', '*'],
  ofLength: letters,
};

/** `nameFind`: as {@link name}, and colons inside. */
export const nameOrAlias: Format = {
  accepts: [...name.accepts, 'a:b', 'a:b:c'],
  refuses: [...nameRefuses, ':a', 'a:', ':', '*'],
  ofLength: letters,
};

/** `nameFuzzy`: as {@link name}, or the one star. */
export const nameOrStar: Format = {
  accepts: [...name.accepts, '*'],
  refuses: [...nameRefuses, 'a:b', '**', 'a*', '*a'],
  ofLength: letters,
};

/** `version`. */
export const version: Format = {
  accepts: versions,
  refuses: [...brokenVersions, 'latest', '1.0.0+', '1.0.0-2.0.0'],
  ofLength: paddedVersion,
};

/** `versionFuzzy`: a version or a rule. */
export const versionRule: Format = {
  accepts: [
    ...versions,
    'latest',
    '0+',
    '1.0.0.0+',
    '1.0.0-2.0.0',
    '2.0-1.0',
    '1-1',
    '0.0.0.0-32767',
  ],
  refuses: [
    ...brokenVersions,
    '+',
    '-',
    '1.0++',
    '1.0-',
    '-1.0',
    '1.0-2.0-3.0',
    '1.0-2.0+',
    'LATEST',
    'latest+',
    '32768+',
    '1.0-32768',
    '1.0.0.0.0+',
    '1.0.0-1.32768.0',
  ],
  ofLength: paddedVersion,
};

/** `versionDep`: a rule of at most three parts. */
export const dependencyRule: Format = {
  accepts: ['1', '1.0', '1.0.0', 'latest', '0+', '1.0.0+', '1.0.0-2.0.0'],
  refuses: [
    '1.0.0.0',
    '1.0.0.0+',
    ' ',
    '1.',
    'a',
    '32768',
    '1.0-32768',
    '1.0++',
    'LATEST',
    '1.0.0\n',
  ],
  ofLength: paddedVersion,
};

/** `path`; the letters of the entity are literal parts of the form. */
export const path: Format = {
  accepts: ['', '/', '/a/{b}', '/a?b=c&d;e', String.raw`a\b`, "it's", '~%$#@_-.,'],
  refuses: ['/a b', '/a:b', '/é', '/a"', '/a<b', '/a*', '/a\n', '/a!'],
};

/** `level`. */
export const level: Format = {
  accepts: ['FRONT', 'MIDDLE', 'BACK'],
  refuses: ['front', 'SIDE', ' ', 'FRONTBACK', 'BACK\n'],
};

/** `svcStatus`. */
export const serviceStatus: Format = {
  accepts: ['UP', 'DOWN'],
  refuses: ['up', 'STARTING', 'TESTING', 'OUTOFSERVICE', 'UPDOWN', ' '],
};

/** `serviceId`: no white space of ASCII. */
export const serviceId: Format = {
  accepts: ['a', '-', '@#$&=', 'a.b', 'é', '%25'],
  refuses: [' ', 'a b', 'a\tb', 'a\n', 'a\fb', 'a\rb'],
  ofLength: letters,
  wideCharacter: '😀',
};

/** A serviceId given at registration: no slash and no control character either (spec 00, decision 10). */
export const givenServiceId: Format = {
  accepts: ['a', '@#%&', 'a:b', 'é'],
  refuses: [...serviceId.refuses, 'a/b', '/', 'a\u0000b', 'a\u000bb', 'a\u007fb'],
  ofLength: letters,
  wideCharacter: '😀',
};

/** `alias`. */
export const alias: Format = {
  accepts: ['a', ':', 'app:name', '-_.:', '-'],
  refuses: [' ', 'a b', 'a/b', 'a@b', 'é', 'a\n', '*'],
  ofLength: letters,
};

/** `registerBy`: also several of its words in a row. */
export const registerBy: Format = {
  accepts: ['SDK', 'SIDECAR', 'PLATFORM', 'SDKSIDECAR'],
  refuses: ['sdk', 'UNKNOWN', ' ', 'SDK ', 'SDK\n'],
};

/** `env`: also several of its words in a row. */
export const environment: Format = {
  accepts: ['development', 'testing', 'acceptance', 'production', 'testingproduction'],
  refuses: ['dev', 'prod', 'Production', ' ', 'production ', 'production\n'],
};

/** Any text. */
export const anyText: Format = {
  accepts: ['a', ' ', 'a\nb\tc', '<>&"\'', 'é', '服务'],
  refuses: [],
  ofLength: letters,
  wideCharacter: '😀',
};

/** `nonBlank`: something besides ASCII white space somewhere. */
export const nonBlank: Format = {
  accepts: ['a', ' a ', 'not a url', 'é', '\u00a0', '\u000b'],
  refuses: [' ', '\t', '\n', ' \t\r\n\f '],
  ofLength: letters,
  wideCharacter: '😀',
};

/** `simpleNameOpt` and `simpleName`. */
export const simpleName: Format = {
  accepts: ['a', 'A9', '_', '.', '-', '-a.', '..'],
  refuses: [' ', 'a b', 'a:b', 'a@b', 'é', 'a\n', 'a/b'],
  ofLength: letters,
};

/** `schemaId` and `schemaIdReg`. */
export const schemaId: Format = {
  accepts: ['a', 'Z', '0', 'a-b', 'a_b', 'a.b'],
  refuses: ['-a', 'a-', '_a', 'a_', '.a', 'a.', 'a b', ' ', 'a:b', 'é', 'a\n', '*', '@'],
  ofLength: letters,
};

/** `schemaSummary`. */
export const schemaSummary: Format = {
  accepts: ['a', '0', 'Ab9'],
  refuses: ['_', ' ', 'a-b', 'a.b', 'é', 'a\n'],
  ofLength: letters,
};

/** `instStatusReq`. */
export const instanceStatus: Format = {
  accepts: ['UP', 'DOWN', 'STARTING', 'TESTING', 'OUTOFSERVICE'],
  refuses: ['up', 'INVALID', ' ', 'UPDOWN', 'UP\n'],
};

/** `hbMode`. */
export const heartbeatMode: Format = {
  accepts: ['push', 'pull'],
  refuses: ['PUSH', 'poll', ' ', 'pushpull'],
};

/** `url`: no white space of ASCII. */
export const url: Format = {
  accepts: ['', 'http://a/b', 'anything', 'é'],
  refuses: [' ', 'a b', 'a\t', 'a\n'],
};

/** `tag`. */
export const tag: Format = {
  accepts: ['a', 'Z', 'a1', 'a-', 'a.', 'a_', 'k-1_2.3'],
  refuses: ['1a', '-a', '_a', '.a', ' ', 'a b', 'a:b', 'a/b', 'é', 'a\n', 'http://x'],
  ofLength: letters,
};

/** `ruleType`. */
export const ruleType: Format = {
  accepts: ['WHITE', 'BLACK'],
  refuses: ['white', 'UKNOWN', 'WHITEBLACK', ' '],
};

/** `ruleAttr`. */
export const ruleAttribute: Format = {
  accepts: [
    'tag_a',
    `tag_${letters(64)}`,
    'ServiceId',
    'AppId',
    'ServiceName',
    'Version',
    'Description',
    'Level',
    'Status',
  ],
  refuses: [
    'tag_',
    'tag_1',
    `tag_${letters(65)}`,
    'serviceId',
    'Environment',
    'Alias',
    'Versions',
    ' ',
    'aVersion',
  ],
};
