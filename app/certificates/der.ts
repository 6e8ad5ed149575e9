/** The few forms of ASN.1 that a certificate is made of, in the distinguished encoding (DER). */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

export const sequence = (...items: readonly Buffer[]): Buffer => encode(tags.sequence, Buffer.concat(items));
export const set = (...items: readonly Buffer[]): Buffer => encode(tags.set, Buffer.concat(items));
export const boolean = (value: boolean): Buffer => encode(tags.boolean, Buffer.of(value ? 0xff : 0));
export const octetString = (content: Buffer): Buffer => encode(tags.octetString, content);
export const utf8String = (text: string): Buffer => encode(tags.utf8String, Buffer.from(text));

/** A number that is not negative, its bytes from the most significant. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.of(0) : bytes.subarray(first);
  // A leading bit would be a sign.
  return encode(tags.integer, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** `unusedBits` of the last byte do not count. */
export const bitString = (content: Buffer, unusedBits = 0): Buffer =>
  encode(tags.bitString, Buffer.concat([Buffer.of(unusedBits), content]));

/** From its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(tags.objectIdentifier, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

/** To the second; two digits of a year are those of 1950 to 2049. */
export const utcTime = (date: Date): Buffer =>
  encode(tags.utcTime, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));

/** What only its place in a structure says the meaning of; `constructed` when it holds other items. */
export const tagged = (number: number, content: Buffer, constructed: boolean): Buffer =>
  encode(0x80 + (constructed ? 0x20 : 0) + number, content);

function encode(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  const digits = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 + digits.length, ...digits]);
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 + (rest % 128));
  return digits;
}
