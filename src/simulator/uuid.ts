/** 32 hexadecimal digits in the form of a UUID. */
export function uuid(digits: string): string {
  const part = (from: number, to: number) => digits.slice(from, to);
  return [part(0, 8), part(8, 12), `4${part(13, 16)}`, `8${part(17, 20)}`, part(20, 32)].join('-');
}
