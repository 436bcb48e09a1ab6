// What a PDF says of its own signature: which bytes are signed, and by which code it is checked. Knows no page.
(function () {
  "use strict";

  // The file as text, a sign a byte: what is looked for is written in plain letters.
  function letters(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) {
      text += String.fromCharCode.apply(null, bytes.subarray(at, at + 32768));
    }
    return text;
  }

  // [[from, to], …] of the last signature; none where there is none, or where it points outside the file.
  function signedParts(text) {
    const found = [...text.matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)].at(-1);
    if (!found) return [];
    const [first, length, second, rest] = found.slice(1).map(Number);
    const parts = [[first, first + length], [second, second + rest]];
    return parts.every(([from, to]) => from <= to && to <= text.length) ? parts : [];
  }

  function joined(bytes, parts) {
    const all = new Uint8Array(parts.reduce((sum, [from, to]) => sum + to - from, 0));
    let at = 0;
    for (const [from, to] of parts) {
      all.set(bytes.subarray(from, to), at);
      at += to - from;
    }
    return all;
  }

  // "" where it names none. Colons and slashes may be written as octal numbers.
  function codeIn(text) {
    const found = text.match(/\/ContactInfo\s*\(([^)]*)\)/);
    if (!found) return "";
    const address = found[1].replace(/\\(\d{3})/g, (_all, octal) => String.fromCharCode(parseInt(octal, 8)));
    const code = address.match(/\/verify\/([A-Z2-7]{28})$/);
    return code ? code[1] : "";
  }

  globalThis.paperParts = { letters, signedParts, joined, codeIn };
})();
