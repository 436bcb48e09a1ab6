// Bytes, texts and the ZIP of a bundle, as the rule writes them: docs/verification.md.

export const utf8 = new TextEncoder(), toText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
export const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
export const digest = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));
export const sha256 = async (...parts) => hex(await digest(...parts));
export const equal = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

export function fromHex(text, length) {
  if (!new RegExp(`^[0-9a-f]{${2 * length}}$`).test(text)) throw new Error("hex");
  return Uint8Array.from(text.match(/../g) || [], (one) => parseInt(one, 16));
}

/** The one form of JSON. In the files that it is asked of stand texts and whole numbers alone. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

export function parsed(bytes) {
  const text = typeof bytes === "string" ? bytes : toText.decode(bytes), found = JSON.parse(text);
  if (canonical(found) !== text) throw new Error("not in the one form");
  return found;
}

export const linesOf = (bytes) => toText.decode(bytes).split("\n").slice(0, -1);

// The ZIP: stored, all of one date, nothing between and nothing after

export const CRC = Uint32Array.from({ length: 256 }, (_, one) => {
  for (let bit = 0; bit < 8; bit++) one = one & 1 ? (one >>> 1) ^ 0xedb88320 : one >>> 1;
  return one;
});
export const crc32 = (bytes) => ~bytes.reduce((sum, byte) => CRC[(sum ^ byte) & 255] ^ (sum >>> 8), -1) >>> 0;

export function numbers(...pairs) {
  const view = new DataView(new ArrayBuffer(pairs.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of pairs) {
    if (size === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

export function packed(files) {
  const body = [], index = [];
  let offset = 0;
  for (const [name, data] of Object.entries(files)) {
    const called = utf8.encode(name), size = data.length;
    const common = numbers(
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 33],
      [4, crc32(data)],
      [4, size],
      [4, size],
      [2, called.length],
      [2, 0],
    );
    index.push(numbers([4, 0x02014b50], [2, 0x314], [2, 20]), common);
    index.push(numbers([2, 0], [2, 0], [2, 0], [4, 0o644 * 65536], [4, offset]), called);
    body.push(numbers([4, 0x04034b50], [2, 20]), common, called, data);
    offset += 30 + called.length + size;
  }
  const list = joined(index), count = Object.keys(files).length;
  const end = numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, list.length], [4, offset], [2, 0]);
  return joined([...body, list, end]);
}

export function unpacked(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset), end = bytes.length - 22, files = {};
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) throw new Error("ZIP");
  for (let number = view.getUint16(end + 10, true), at = view.getUint32(end + 16, true); number; number--) {
    const [method, length, extra, note] = [10, 28, 30, 32].map((place) => view.getUint16(at + place, true));
    const size = view.getUint32(at + 24, true), start = view.getUint32(at + 42, true);
    const name = toText.decode(bytes.subarray(at + 46, at + 46 + length)), from = start + 30 + length;
    if (method || from + size > end || name in files || /^\d+$/.test(name)) throw new Error(name);
    files[name] = bytes.subarray(from, from + size);
    at += 46 + length + extra + note;
  }
  return files;
}
