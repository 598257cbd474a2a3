/** How small what waits for subscribers may be made. */
export interface SoakLimits {
  /** How many changes may wait for one subscriber. Default: the server's. */
  readonly queueLimit?: number;
  /** How many changes are kept for who comes back. Default: the server's. */
  readonly logLimit?: number;
}

/** The flags of a server of which everything that it pushes was done by a writer. */
export function soakFlags({ queueLimit, logLimit }: SoakLimits = {}): readonly string[] {
  const settings = [
    // Its own registration is nothing that a writer did.
    'registry.selfRegister=0',
    // Instances may ask for a short life.
    'registry.instance.minInterval=1s',
    'registry.instance.minTimes=1',
    ...(queueLimit === undefined ? [] : [`registry.push.queueLimit=${queueLimit}`]),
    ...(logLimit === undefined ? [] : [`registry.push.log.maxChanges=${logLimit}`]),
  ];
  return settings.flatMap((setting) => ['--set', setting]);
}
