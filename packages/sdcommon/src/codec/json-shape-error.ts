/** A JSON text that is not what its reader needs: not JSON, or a member of the wrong type (spec 01 §2.1). */
export class JsonShapeError extends Error {
  /**
   * @param path - the member, such as `instance.endpoints[0]`; `''` for the text as a whole
   * @param problem - what is wrong with it and what it has to be
   */
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(path === '' ? problem : `field '${path}' ${problem}`, options);
    this.name = 'JsonShapeError';
  }
}
