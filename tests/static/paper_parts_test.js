// What a page reads in a PDF before it asks whether it is ours.
"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
require("../../static/paper_parts.js");
const { letters, signedParts, joined, codeIn } = globalThis.paperParts;

const CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23";
const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("the signed part", () => {
  const text = "%PDF-AAAA/ByteRange [0 5 9 40 ]          /Type/Sig";
  it("is what stands before and after the signature", () => {
    assert.deepEqual(signedParts(text), [[0, 5], [9, 49]]);
    assert.equal(letters(joined(bytes(text), signedParts(text))), "%PDF-" + text.slice(9, 49));
  });
  it("is that of the last signature", () => {
    assert.deepEqual(signedParts(`/ByteRange[0 1 2 3]${text}`), [[0, 5], [9, 49]]);
  });
  it("is none where nothing is signed, or where it points outside the file", () => {
    assert.deepEqual(signedParts("%PDF"), []);
    assert.deepEqual(signedParts("/ByteRange [0 5 9 4000]"), []);
  });
});

describe("the code", () => {
  it("is read from the address in the signature, however its signs are written", () => {
    assert.equal(codeIn(`/ContactInfo (https://x.go.th/verify/${CODE})`), CODE);
    assert.equal(codeIn(`/ContactInfo (https\\072\\057\\057x.go.th\\057verify\\057${CODE})`), CODE);
  });
  it("is none where there is no such address", () => {
    assert.equal(codeIn("%PDF"), "");
    assert.equal(codeIn("/ContactInfo (https://x.go.th/verify/short)"), "");
  });
});
