import type { Secret } from '../secret.js';

/** What a caller may pass for a request: the schema's input, which is only read and may come from frozen values. */
export type RequestOf<Value> = Value extends Secret
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly RequestOf<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: RequestOf<Value[Key]> }
      : Value;
