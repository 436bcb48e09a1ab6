// What a page knows of the portal's answers, and in which fields nobody has written.
"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
require("../../static/draft_answers.js");
const { KnownAnswers, isSame } = globalThis.draftAnswers;

const SHOWN = [["a", "one"], ["b", "two"]];
const begin = (touched = []) => new KnownAnswers(SHOWN, touched);

it("a choice and the words beside it are one", () => {
  const [policy, other] = [[["kind", "policy"]], [["kind", "policy"], ["kind:other", "ours"]]];
  assert.ok(!isSame(policy, other, "kind"));
  assert.ok(!isSame(policy, other, "kind:other"));
  assert.ok(isSame(policy, other, "kin"));
});

describe("nobody has written", () => {
  it("where it is as it was shown", () => {
    assert.deepEqual(begin().untouched(["a", "b"], [["a", "one"], ["b", "new"]], false), ["a"]);
  });

  it("but where somebody had before the page came", () => {
    assert.deepEqual(begin(["b"]).untouched(["a", "b"], SHOWN, false), ["a"]);
  });

  it("but where something else was sent, and may have arrived", () => {
    const known = begin();
    known.sentToBeSaved([["a", "new"], ["b", "two"]]);
    assert.deepEqual(known.untouched(["a", "b"], SHOWN, false), ["b"]);
  });

  it("where it is as the portal has it by now", () => {
    const known = begin(["b"]);
    const saved = [["a", "new"], ["b", "two"]];
    known.sentToBeSaved(saved);
    known.heard();
    assert.deepEqual(known.untouched(["a", "b"], saved, false), ["a", "b"]);
    assert.deepEqual(known.untouched(["a", "b"], SHOWN, false), ["b"]);
  });

  it("where it was put back, beside a colleague's text alone, until it is saved or changed", () => {
    const known = begin(["a"]);
    known.give(SHOWN, ["a"]);
    assert.deepEqual(known.untouched(["a"], SHOWN, true), ["a"]);
    assert.deepEqual(known.untouched(["a"], SHOWN, false), []);
    assert.deepEqual(known.untouched(["a"], [["a", "new"]], true), []);
    known.forgetGiven();
    assert.deepEqual(known.untouched(["a"], SHOWN, true), []);
  });
});

describe("what the portal had last", () => {
  it("is what was shown, until a save was heard of", () => {
    const known = begin();
    assert.equal(known.lastHeard(false), "a=one&b=two");
    known.sentToBeSaved([["a", "ก"]]);
    assert.equal(known.lastHeard(false), "a=one&b=two");
    known.heard();
    assert.equal(known.lastHeard(false), "a=%E0%B8%81");
  });

  it("is not known after an answer that never came, or beside what was written before", () => {
    assert.equal(begin().lastHeard(true), "");
    assert.equal(begin(["a"]).lastHeard(false), "");
    assert.equal(begin([""]).lastHeard(false), "a=one&b=two");
  });

  it("is found among what was sent since, though the whole form went after it", () => {
    const known = begin();
    known.sentToBeSaved([["a", "draft"]]);
    known.sent([["a", "whole"]]);
    known.heard();
    assert.deepEqual(known.held, [[["a", "draft"]], [["a", "whole"]]]);
  });

  it("is not there twice when nothing was changed between two requests", () => {
    const known = begin();
    known.sent([...SHOWN]);
    assert.equal(known.held.length, 1);
  });
});
