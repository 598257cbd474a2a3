const leaseIdPattern = /^-?\d{1,19}$/;

/** Reads the decimal text of a lease key (spec 02 §1.1); undefined when it is none. */
export function parseLeaseId(text: string | undefined): bigint | undefined {
  return text !== undefined && leaseIdPattern.test(text) ? BigInt(text) : undefined;
}
