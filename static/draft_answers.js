// The answers of a form as lists of [name, text]: what the portal has of them as far as this page knows, and in which
// fields nobody has written here. It knows no page; tests/static/ tries it by itself.
(function () {
  "use strict";

  // A choice and the words beside it are one.
  function isOf(name) {
    return (other) => other.split(":")[0] === name.split(":")[0];
  }

  function isSame(list, other, name) {
    const answersIn = (among) => JSON.stringify(among.filter(([own]) => isOf(name)(own)));
    return answersIn(list) === answersIn(other);
  }

  class KnownAnswers {
    // shown: what the page came with; touched: names of fields where somebody wrote before it came, and no draft has it
    constructor(shown, touched) {
      // What the portal showed this page or has from it, and what was sent since and may have arrived
      this.held = [shown];
      this.touched = touched;
      this.given = { answers: [], names: [] }; // what was put back where nobody had written here, until it is saved
      this.saving = null; // what was sent last to be saved
    }

    // Each in its order: what is answered must be found among what went before and after it.
    sent(answers) {
      if (JSON.stringify(this.held.at(-1)) !== JSON.stringify(answers)) this.held = [...this.held, answers];
      return this.held.at(-1);
    }

    sentToBeSaved(answers) {
      this.saving = this.sent(answers);
    }

    // The portal has what was sent last to be saved. A form that is being handed in went after it.
    heard() {
      this.held = this.held.slice(this.held.indexOf(this.saving));
      this.touched = [];
    }

    give(answers, names) {
      this.given = { answers, names };
    }

    forgetGiven() {
      this.give([], []);
    }

    // Of these names those in which nobody wrote here: beside a colleague's text they give way to it. Where none may
    // stand there yet, what was put back does not: its place is taken in the portal.
    untouched(names, answers, isBeside) {
      const { held, touched, given } = this;
      const isAsBefore = (name) => held.every((list) => isSame(answers, list, name));
      const isGiven = (name) => isBeside && given.names.includes(name) && isSame(answers, given.answers, name);
      return names.filter((name) => isGiven(name) || (!touched.some(isOf(name)) && isAsBefore(name)));
    }

    // What the portal had when this page heard of it last; "" where that is not known. A colleague who left it so wrote
    // nothing there.
    lastHeard(isUnheard) {
      return this.touched.some(Boolean) || isUnheard ? "" : new URLSearchParams(this.held[0]).toString();
    }
  }

  globalThis.draftAnswers = { KnownAnswers, isSame };
})();
