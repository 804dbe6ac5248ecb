/** A control call, a fault or an option that cannot be understood; the message says what would be. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
