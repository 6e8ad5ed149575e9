/** A Redis Cluster divides all keys among so many slots. */
export const slotCount = 16_384;

/** The slot of a key, as CLUSTER KEYSLOT answers: by its hash tag where it has one. */
export function keySlot(key: string): number {
  return crc16(Buffer.from(hashTag(key))) % slotCount;
}

/** What stands between the first brace and the next one that closes, unless that is nothing. */
function hashTag(key: string): string {
  const open = key.indexOf('{');
  const close = key.indexOf('}', open + 1);
  return open < 0 || close <= open + 1 ? key : key.slice(open + 1, close);
}

/** CRC-16/XMODEM, a byte at a time. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (table[(crc >> 8) ^ byte] ?? 0);
  return crc;
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  return crc;
});
