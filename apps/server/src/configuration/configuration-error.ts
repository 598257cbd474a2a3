/** A configuration that cannot be used. Its message is one line for the user and names the place, the value and the rule. */
export class ConfigurationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigurationError';
  }
}
