/** A contract of a service (spec 01 §2.3). */
export interface Schema {
  readonly schemaId: string;
  /** A digest made by the client, kept as it was sent; `''` for none. */
  readonly summary: string;
  /** The text of the contract; `''` where an answer does not carry it. */
  readonly schema: string;
}
