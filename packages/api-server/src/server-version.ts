/** What a server says of itself (spec 01 §4.1). */
export interface ServerVersion {
  readonly version: string;
  /** Which build it is; `Not provided` when nobody said. */
  readonly buildTag: string;
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The answer of the version route. @param apiVersion - `4.0.0`, or `3.0.0` in the v3 form */
export function encodeServerVersion(server: ServerVersion, apiVersion: string): string {
  return JSON.stringify({ ...describeServer(server), apiVersion });
}

/** The version of the server and of what it runs on, as a dump shows it (spec 01 §4.11 #46). */
export function encodeServerInfo(server: ServerVersion): string {
  return JSON.stringify(describeServer(server));
}

function describeServer(server: ServerVersion): Readonly<Record<string, string>> {
  return {
    version: server.version,
    buildTag: server.buildTag,
    goVersion: `node${process.version}`,
    os: process.platform,
    arch: architectures[process.arch] ?? process.arch,
  };
}
