// A form that saves itself as a draft: what it does next, whatever happens. An event goes in; the state that follows
// and the deeds that the page (fill.js) has to do come out. No page, no line and no clock are known here.
(function () {
  "use strict";
  const AFTER = 2000; // milliseconds from the first change to its save
  const AGAIN = 6000; // until the next try when the portal did not answer
  const LONGEST = 130000; // the portal itself gives up what is handed in before that
  const CONFLICT = 409;
  const PASSING = [408, 429]; // too slow, too many; as if no answer had come

  const FIRST = {
    isUnsaved: false, // something is written that no request brings to the portal
    isSaving: false, // a save is on its way
    isAskedAgain: false, // and another is to follow it
    isPlanned: false, // a clock runs: until the next save or, while the form is handed in, until nobody waits any more
    isHandingIn: false, // the whole form is on its way, and the next page awaited
    isStopped: false, // a colleague's text stands in the portal: beside that nothing saves itself
    isLeaving: false, // the page goes away
    isUnheard: false, // something was sent that may have arrived, and a colleague may have undone it
    isToldSaved: false, // what was read aloud last is that it is saved
    turn: 0, // how often this page has sent its text: by it the portal knows which was sent later
    wroteAt: 0, // when something was written here last
  };

  // The deeds, in the order in which they are done:
  //   keep              the text is kept on this device
  //   keepAndSay  text  the same; then the text is said, or that there was no room
  //   keepAndTell text  the same, read aloud as well
  //   keepOrTell        only where there was no room something is said, aloud
  //   drop              what was kept is not needed any more
  //   say text, tell text
  //   plan wait, cancel the clock
  //   send isLast       the draft goes to the portal; isLast: the page may be gone before it is answered
  //   sendAll           the whole form goes, with what was untouched and heard by now
  //   free              the buttons can be pressed again
  //   hear revision     the portal has what was sent to be saved
  //   forgetGiven       what was put back where nobody had written is saved by now
  //   showClash         a colleague saved the form too
  //   progress numbers  how many fields are answered, of how many
  function step(state, change, ...deeds) {
    return { state: { ...state, ...change }, deeds: deeds.filter(Boolean) };
  }

  // A save by itself, unless one is planned already
  function plan({ state, deeds }, wait) {
    if (state.isPlanned || state.isStopped || state.isHandingIn) return { state, deeds };
    return step(state, { isPlanned: true }, ...deeds, ["plan", wait]);
  }

  // It is no more on its way. Whoever asked for another save meanwhile gets it now, unless the next is planned.
  function end({ state, deeds }) {
    const ended = step(state, { isSaving: false, isAskedAgain: false }, ...deeds);
    return state.isAskedAgain ? plan(ended, 0) : ended;
  }

  // What is being handed in went with that, whatever became of the draft before it.
  function isUnsent({ isUnsaved, isHandingIn }) {
    return isUnsaved || !isHandingIn;
  }

  function clash(state, words) {
    const change = { isStopped: true, isUnsaved: isUnsent(state), isToldSaved: false };
    return step(state, change, ["keep"], ["tell", words.unsaved], ["showClash"]);
  }

  // A login that ended, or somebody else's, may be another one soon: then it is tried again.
  function refuse(state, words, { status, isRedirected, isAnother, content }) {
    const reasons = Object.values(content.reasons || {}).flat().join(" ");
    const isOut = isRedirected || (status === 403 && !reasons);
    const text = isOut ? (isAnother ? words.another : words.login) : reasons || words.refused;
    const refused = step(state, { isUnsaved: isUnsent(state), isToldSaved: false }, ["keepAndTell", text]);
    return isOut ? plan(refused, 5 * AGAIN) : refused;
  }

  function lose(state, words) {
    const change = { isUnheard: true, isUnsaved: isUnsent(state), isToldSaved: false };
    return plan(step(state, change, ["keepAndTell", state.isStopped ? words.away : words.offline]), AGAIN);
  }

  // It is read aloud when it is news: not after each few words.
  function save(state, { revision, said, has_become, progress }) {
    const { isUnsaved, isHandingIn, isToldSaved } = state;
    const isNews = !isToldSaved || has_become;
    return step(
      state,
      { isUnheard: false, isToldSaved: isToldSaved || !isUnsaved },
      ["hear", revision],
      isUnsaved || isHandingIn ? ["keep"] : ["drop"],
      !isUnsaved && ["forgetGiven"],
      !isUnsaved && [isNews ? "tell" : "say", said],
      ["progress", progress],
    );
  }

  function judge(state, words, answer) {
    const { status, isRedirected, content } = answer;
    if (status === CONFLICT) return clash(state, words);
    if (status >= 500 || PASSING.includes(status)) return lose(state, words);
    if (isRedirected || status < 200 || status >= 300) return refuse(state, words, answer);
    if (!("revision" in content)) return lose(state, words); // what stands between answered, not the portal
    return save(state, content);
  }

  const EVENTS = {
    // Somebody writes. While the next page is awaited, it was not sent with the rest.
    typed(state, words, { at }) {
      const { isStopped, isHandingIn } = state;
      const keeping = isStopped ? ["keep"] : ["keepAndSay", words.unsaved];
      const saying = !isStopped && ["say", words.unsaved];
      const change = { isUnsaved: true, wroteAt: at };
      return plan(step(state, change, isHandingIn && ["free"], isHandingIn ? keeping : saying), AFTER);
    },

    // It is to be saved now: a field was left, the line is back, the page goes out of sight.
    asked(state, words, { isHidden }) {
      const { isUnsaved, isSaving, isStopped, isHandingIn, isPlanned, turn } = state;
      const keep = (isUnsaved || isSaving) && [isStopped ? "keepOrTell" : "keep"]; // it may never arrive
      if (isStopped || isHandingIn) return step(state, {}, keep);
      const cancel = isPlanned && ["cancel"];
      if (!isUnsaved) return step(state, { isPlanned: false }, keep, cancel);
      if (isSaving) return step(state, { isPlanned: false, isAskedAgain: true }, keep, cancel);
      const isLast = isHidden || state.isLeaving;
      const change = { isPlanned: false, isUnsaved: false, isSaving: true, turn: turn + 1 };
      return step(state, change, keep, cancel, !isLast && ["say", words.saving], ["send", isLast]);
    },

    // The clock ran out. If the form was being handed in, the next page did not come, or nobody waits for it any more.
    timeUp(state, words, event) {
      if (!state.isHandingIn) return EVENTS.asked({ ...state, isPlanned: false }, words, event);
      const waiting = { ...state, isPlanned: false, isHandingIn: false, isUnsaved: true, isUnheard: true };
      const next = EVENTS.asked(waiting, words, event);
      return step(next.state, {}, ["free"], ...next.deeds);
    },

    left(state, words) {
      return EVENTS.asked({ ...state, isLeaving: true }, words, {});
    },

    answered(state, words, answer) {
      return end(judge(state, words, answer));
    },

    lost(state, words) {
      return end(lose(state, words));
    },

    // A draft may still be on its way, or for ever.
    handedIn(state) {
      const change = { isHandingIn: true, isUnsaved: false, isPlanned: true, turn: state.turn + 1 };
      return step(state, change, state.isPlanned && ["cancel"], ["plan", LONGEST], ["sendAll"], ["keep"]);
    },

    // There was no room on this device, and without it nothing more is done.
    full(state, words) {
      return step(state, { isToldSaved: false }, ["tell", words.full]);
    },

    // What was put in is as old as it was.
    dated(state, _words, { at }) {
      return step(state, { wroteAt: at });
    },

    // The page goes on in the name of one that is gone, which had sent that often.
    goneOn(state, _words, { turn }) {
      return step(state, { turn });
    },
  };

  globalThis.draftStates = {
    first: (known) => ({ ...FIRST, ...known }),
    after: (state, words, kind, event = {}) => EVENTS[kind](state, words, event),
    // Whether a page that goes takes with it what stands nowhere else, unless this device keeps it
    isOnlyHere: ({ isUnsaved, isSaving, isHandingIn }) => isUnsaved || (isSaving && !isHandingIn),
    // Whether the form, when it is sent now, must be kept here first: the next page may be one of the browser's own
    isAtRisk: ({ isUnsaved, isSaving, isStopped }) => (isUnsaved || isSaving) && !isStopped,
  };
})();
