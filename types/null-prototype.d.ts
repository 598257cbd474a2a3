interface ObjectConstructor {
  /** An object without a prototype has no property at all; the standard library says `any`, which hides mistakes. */
  create(prototype: null): Record<string, never>;
}
