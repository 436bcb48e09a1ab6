// What becomes of a file on its way, after whichever answer.
"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
require("../../static/upload_answers.js");
const { isTriedAgain, isLineLost, afterRefusal } = globalThis.uploadAnswers;

const REASONS = JSON.stringify({ reasons: ["too large"], state: "refused" });
const PAGE = "<p>what some gateway says</p>";

describe("a file is sent again by itself", () => {
  it("where the line or the portal is away for a while", () => {
    for (const status of [0, 408, 409, 423, 500, 502, 503, 504]) assert.ok(isTriedAgain(status, ""), status);
  });

  it("but not where the portal refuses, or has no room", () => {
    for (const status of [400, 401, 403, 404, 410, 413, 415, 422, 507]) assert.ok(!isTriedAgain(status, ""), status);
  });

  it("where a gateway had too much to do, but not where the portal says so", () => {
    assert.ok(isTriedAgain(429, PAGE));
    assert.ok(!isTriedAgain(429, REASONS));
  });

  it("and its reader is told, but where nothing was lost", () => {
    assert.ok(isLineLost(0));
    assert.ok(!isLineLost(409));
  });
});

describe("a file that is not sent again by itself", () => {
  it("is refused for the portal's reasons", () => {
    for (const status of [400, 404, 413, 422]) {
      const { next, content } = afterRefusal(status, REASONS, false);
      assert.deepEqual([next, content.reasons], ["refused", ["too large"]]);
    }
  });

  it("goes on with another token, once", () => {
    assert.deepEqual(afterRefusal(403, PAGE, false), { next: "renew", isGone: false, isShut: true });
    const again = afterRefusal(403, PAGE, true);
    assert.deepEqual([again.next, again.words, again.isShut], ["stopped", "login", true]);
  });

  it("stops, and says what is to be done", () => {
    const stops = [
      [401, PAGE, "login", []],
      [404, PAGE, "gone", []],
      [418, PAGE, "broken", []],
      [429, REASONS, "", ["too large"]],
      [507, REASONS, "", ["too large"]],
      [0, "null", "broken", []],
    ];
    for (const [status, body, words, reasons] of stops) {
      const after = afterRefusal(status, body, false);
      assert.deepEqual([after.next, after.words, after.reasons], ["stopped", words, reasons], status);
    }
  });

  it("begins anew where the portal knows it no more", () => {
    assert.ok(afterRefusal(404, PAGE, false).isGone);
    assert.ok(!afterRefusal(410, PAGE, false).isGone);
  });
});
