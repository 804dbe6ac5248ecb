import { formatMarker, keepMark, markerPattern } from '../../domain/resource/marker.js';

const uuid = /^(DE-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const hex32 = /^[0-9a-f]{32}$/i;
const ipv4 = /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/;
const url = /^(https?|ssh|obs|ftp):\/\//i;
const name = /^[a-z][a-z0-9-]*$/;

/**
 * The replacements of one recording. The same text has the same replacement everywhere, so that relations survive. A
 * replacement has the form of the original (UUID, address, name), because the product judges some forms.
 */
export class Replacements {
  readonly #byText = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #projectId: string;

  constructor(projectId: string) {
    this.#projectId = projectId;
  }

  text(original: string): string {
    if (original === '') return '';
    const known = this.#byText.get(original);
    if (known !== undefined) return known;
    const replaced = this.#replace(original);
    this.#byText.set(original, replaced);
    return replaced;
  }

  /** A number that is a name, such as a numeric user id. */
  number(original: number): number {
    return Number(this.text(`number ${original}`).replace(/\D/g, ''));
  }

  #replace(original: string): string {
    const suffix = `-${this.#projectId}`;
    // The service derives the ids of pools and networks from the name and the project.
    if (original.length > suffix.length && original.endsWith(suffix))
      return `${this.text(original.slice(0, -suffix.length))}-${this.text(this.#projectId)}`;
    if (markerPattern.test(original) || original.includes(keepMark)) return this.#description(original);
    if (uuid.test(original)) {
      const prefix = original.startsWith('DE-') ? 'DE-' : '';
      return `${prefix}00000000-0000-4000-8000-${this.#hex('uuid', 12)}`;
    }
    if (hex32.test(original)) return this.#hex('hex', 32);
    if (ipv4.test(original)) return this.#address(original);
    const parts = original.split(',');
    if (parts.length > 1 && parts.every((part) => ipv4.test(part)))
      return parts.map((part) => this.text(part)).join(',');
    const scheme = url.exec(original)?.[1]?.toLowerCase();
    if (scheme !== undefined) return `${scheme}://host-${this.#next('host')}.example.invalid/`;
    const kind = name.test(original) ? 'name' : 'text';
    return `${kind}-${String(this.#next(kind)).padStart(4, '0')}`;
  }

  /** Marker and protection decide what the product does, so their form stays. */
  #description(original: string): string {
    const [found, installation = '', owner = '', spec = ''] = markerPattern.exec(original) ?? [];
    const words = original
      .replace(found ?? keepMark, '')
      .replaceAll(keepMark, '')
      .trim();
    const hash = (part: string) => this.#hash(part);
    return [
      words === '' ? '' : this.text(words),
      found === undefined
        ? ''
        : formatMarker({ installation: hash(installation), owner: hash(owner), spec: hash(spec) }),
      original.includes(keepMark) ? keepMark : '',
    ]
      .filter((part) => part !== '')
      .join(' ');
  }

  #hash(part: string): string {
    const key = `hash ${part}`;
    const replaced = this.#byText.get(key) ?? this.#hex('hash', part.length);
    this.#byText.set(key, replaced);
    return replaced;
  }

  /** An address of the range for benchmarks (RFC 2544), with the original length of its prefix. */
  #address(original: string): string {
    const [address = '', prefix] = original.split('/');
    if (prefix !== undefined) return `${this.text(address)}/${prefix}`;
    const count = this.#next('address') % 131_072;
    return `198.${18 + (count >> 16)}.${(count >> 8) & 255}.${count & 255}`;
  }

  #hex(kind: string, digits: number): string {
    return this.#next(kind).toString(16).padStart(digits, '0');
  }

  #next(kind: string): number {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count;
  }
}
