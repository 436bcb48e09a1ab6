// What a form that saves itself does next: nothing that was written is lost, whatever happens in whatever order.
"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
require("../../static/draft_states.js");
const { first, after, isOnlyHere, isAtRisk } = globalThis.draftStates;

const NAMES = ["unsaved", "saving", "offline", "away", "full", "login", "another", "refused"];
const WORDS = Object.fromEntries(NAMES.map((name) => [name, name]));
const SAVED = { revision: 2, said: "saved", has_become: false, progress: [1, 4] };

function begin(known = {}) {
  const page = {
    state: first(known),
    happen(kind, event) {
      const { state, deeds } = after(page.state, WORDS, kind, event);
      page.state = state;
      return deeds;
    },
    type: () => page.happen("typed", { at: 1 }),
    ask: () => page.happen("asked", { isHidden: false }),
    save() {
      page.type();
      return page.ask();
    },
    answer: (content = SAVED, rest = {}) =>
      page.happen("answered", { status: 200, isRedirected: false, isAnother: false, content, ...rest }),
  };
  return page;
}

describe("a draft saves itself", () => {
  it("two seconds after the first change", () => {
    const page = begin();
    assert.deepEqual(page.type(), [["say", "unsaved"], ["plan", 2000]]);
    assert.deepEqual(page.type(), [["say", "unsaved"]]);
    const deeds = page.happen("timeUp", { isHidden: false });
    assert.deepEqual(deeds, [["keep"], ["say", "saving"], ["send", false]]);
    assert.equal(page.state.turn, 1);
  });

  it("when it is asked to, and only what is written", () => {
    const page = begin();
    assert.deepEqual(page.ask(), []);
    assert.deepEqual(page.save(), [["keep"], ["cancel"], ["say", "saving"], ["send", false]]);
    assert.deepEqual(page.ask(), [["keep"]]);
  });

  it("in silence while its page is out of sight or goes", () => {
    for (const [kind, event] of [["asked", { isHidden: true }], ["left"]]) {
      const page = begin();
      page.type();
      assert.deepEqual(page.happen(kind, event), [["keep"], ["cancel"], ["send", true]]);
      assert.equal(page.state.isLeaving, kind === "left");
    }
  });

  it("once more when more was written on the way", () => {
    const page = begin();
    page.save();
    assert.deepEqual(page.save(), [["keep"], ["cancel"]]);
    assert.deepEqual(page.answer(), [["hear", 2], ["keep"], ["progress", [1, 4]], ["plan", 0]]);
    assert.deepEqual(page.happen("timeUp", { isHidden: false }), [["keep"], ["say", "saving"], ["send", false]]);
    assert.equal(page.state.turn, 2);
  });
});

describe("what was saved", () => {
  it("waits on the device no more, and is read aloud once", () => {
    const page = begin();
    page.save();
    const rest = [["progress", [1, 4]]];
    assert.deepEqual(page.answer(), [["hear", 2], ["drop"], ["forgetGiven"], ["tell", "saved"], ...rest]);
    page.save();
    assert.deepEqual(page.answer(), [["hear", 2], ["drop"], ["forgetGiven"], ["say", "saved"], ...rest]);
    page.save();
    const news = page.answer({ ...SAVED, has_become: true });
    assert.ok(news.some(([deed]) => deed === "tell"));
  });

  it("is read aloud again after something else was", () => {
    const page = begin();
    const others = {
      "no answer": () => page.happen("lost"),
      "a refusal": () => page.answer({}, { status: 422 }),
      "no room": () => page.answer() && page.happen("full"),
    };
    for (const [name, other] of Object.entries(others)) {
      page.save();
      page.answer();
      page.save();
      other();
      page.save();
      assert.ok(page.answer().some(([deed]) => deed === "tell"), name);
    }
  });
});

describe("where no answer comes", () => {
  it("the text is kept, and sent again after six seconds", () => {
    const page = begin();
    page.save();
    assert.deepEqual(page.happen("lost"), [["keepAndTell", "offline"], ["plan", 6000]]);
    assert.ok(page.state.isUnheard);
    page.happen("timeUp", { isHidden: false });
    page.answer();
    assert.ok(!page.state.isUnheard);
  });

  it("another clock is not set beside one that runs", () => {
    const page = begin();
    page.save();
    page.type();
    assert.deepEqual(page.happen("lost"), [["keepAndTell", "offline"]]);
  });

  it("a gateway's answer is none", () => {
    const answers = [[500, {}], [502, {}], [408, {}], [429, {}], [200, {}], [204, {}]];
    for (const [status, content] of answers) {
      const page = begin();
      page.save();
      assert.deepEqual(page.answer(content, { status }), [["keepAndTell", "offline"], ["plan", 6000]], status);
    }
  });
});

describe("beside a colleague's text", () => {
  it("nothing saves itself any more, and what is written is kept", () => {
    const page = begin();
    page.save();
    assert.deepEqual(page.answer({}, { status: 409 }), [["keep"], ["tell", "unsaved"], ["showClash"]]);
    assert.deepEqual(page.type(), []);
    assert.deepEqual(page.ask(), [["keepOrTell"]]);
    assert.ok(page.state.isUnsaved);
    assert.equal(page.state.turn, 1);
  });

  it("a page that came with both is the same", () => {
    const page = begin({ isStopped: true });
    assert.deepEqual(page.save(), [["keepOrTell"]]);
    assert.ok(!isAtRisk(page.state));
    assert.ok(isOnlyHere(page.state));
  });

  it("what was sent whole and stayed away is kept, and nothing is sent", () => {
    const page = begin({ isStopped: true });
    page.type();
    page.happen("handedIn");
    assert.deepEqual(page.happen("timeUp", { isHidden: false }), [["free"], ["keepOrTell"]]);
  });
});

describe("what the portal refuses", () => {
  it("is tried again where another login may come", () => {
    const answers = [
      [{ isRedirected: true }, "login"],
      [{ status: 403 }, "login"],
      [{ status: 403, isAnother: true }, "another"],
    ];
    for (const [answer, text] of answers) {
      const page = begin();
      page.save();
      assert.deepEqual(page.answer({}, answer), [["keepAndTell", text], ["plan", 30000]]);
      assert.ok(page.state.isUnsaved);
    }
  });

  it("is kept, and its reasons are told", () => {
    for (const status of [400, 403, 422]) {
      const page = begin();
      page.save();
      const reasons = { results: ["too long", "and odd"], name: ["wrong"] };
      assert.deepEqual(page.answer({ reasons }, { status }), [["keepAndTell", "too long and odd wrong"]]);
    }
    const page = begin();
    page.save();
    assert.deepEqual(page.answer({}, { status: 404 }), [["keepAndTell", "refused"]]);
  });
});

describe("a form that is handed in", () => {
  it("goes whole, under the next number, and is kept", () => {
    const page = begin();
    page.type();
    assert.deepEqual(page.happen("handedIn"), [["cancel"], ["plan", 130000], ["sendAll"], ["keep"]]);
    assert.equal(page.state.turn, 1);
    assert.deepEqual(page.ask(), []);
  });

  it("keeps what is written while the next page is awaited, and lets the buttons be pressed again", () => {
    const page = begin();
    page.happen("handedIn");
    assert.deepEqual(page.type(), [["free"], ["keepAndSay", "unsaved"]]);
    assert.deepEqual(page.ask(), [["keep"]]);
  });

  it("is saved again when the next page never comes", () => {
    const page = begin();
    page.happen("handedIn");
    const deeds = page.happen("timeUp", { isHidden: false });
    assert.deepEqual(deeds, [["free"], ["keep"], ["say", "saving"], ["send", false]]);
    assert.ok(page.state.isUnheard);
    assert.equal(page.state.turn, 2);
  });

  it("does not care what becomes of the draft before it", () => {
    for (const end of [(page) => page.happen("lost"), (page) => page.answer({}, { status: 422 })]) {
      const page = begin();
      page.save();
      page.happen("handedIn");
      end(page);
      assert.ok(!page.state.isUnsaved);
    }
  });

  it("stays on the device when the draft before it has arrived", () => {
    const page = begin();
    page.save();
    page.happen("handedIn");
    const [hear, keep] = page.answer();
    assert.deepEqual([hear, keep], [["hear", 2], ["keep"]]);
  });
});

describe("a page that goes", () => {
  const pages = {
    still: [{}, false, false],
    written: [{ isUnsaved: true }, true, true],
    saving: [{ isSaving: true }, true, true],
    "saving before it is handed in": [{ isSaving: true, isHandingIn: true }, false, true],
    "written while it is handed in": [{ isUnsaved: true, isHandingIn: true }, true, true],
    "beside a colleague's": [{ isUnsaved: true, isStopped: true }, true, false],
  };
  for (const [name, [known, onlyHere, atRisk]] of Object.entries(pages)) {
    it(name, () => assert.deepEqual([isOnlyHere(first(known)), isAtRisk(first(known))], [onlyHere, atRisk]));
  }

  it("may leave its name, its number and its time to the next", () => {
    const page = begin();
    page.happen("goneOn", { turn: 7 });
    page.happen("dated", { at: 3 });
    assert.deepEqual([page.state.turn, page.state.wroteAt], [7, 3]);
    page.save();
    assert.equal(page.state.turn, 8);
  });
});

// As a page lives: events that can come, in an order that differs with each seed.
function live(seed, steps) {
  const page = begin();
  let number = seed;
  const draw = (among) => {
    number = (number * 1103515245 + 12345) % 2147483648;
    return among[Math.floor(number / 65536) % among.length];
  };
  let isWritten = false; // since something was sent
  let sent = 0;
  for (let count = 0; count < steps; count += 1) {
    const { isSaving, isPlanned } = page.state;
    const answers = isSaving ? ["lost", "answered"] : [];
    const kind = draw(["typed", "typed", "asked", "handedIn", ...(isPlanned ? ["timeUp"] : []), ...answers]);
    const status = draw([200, 200, 200, 403, 409, 422, 503]);
    const content = status === 200 ? SAVED : {};
    const deeds = kind === "answered" ? page.answer(content, { status }) : page.happen(kind, { at: count });
    const names = deeds.map(([deed]) => deed);
    if (kind === "typed") isWritten = true;
    if (names.includes("send") || names.includes("sendAll")) {
      isWritten = false;
      sent += 1;
    }
    const told = `${kind} ${status} after seed ${seed}, step ${count}`;
    assert.ok(!isWritten || page.state.isUnsaved, `written, and taken for saved: ${told}`);
    assert.ok(!isWritten || !names.includes("drop"), `written, and dropped: ${told}`);
    assert.equal(page.state.turn, sent, told);
    assert.ok(!(isSaving && names.includes("send")), `two saves at once: ${told}`);
    assert.ok(!(page.state.isStopped && names.includes("send")), `saved over a colleague's text: ${told}`);
    assert.ok(names.filter((name) => name === "plan").length < 2, told);
  }
}

it("no order of events loses what was written", () => {
  for (let seed = 1; seed <= 500; seed += 1) live(seed, 60);
});
