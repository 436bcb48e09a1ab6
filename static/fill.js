// A form that saves itself as a draft: a few seconds after a change, when a field is left, and when the page goes away.
// Where the line is gone, what was typed waits on this device. Without this file the form has a button that saves.
// draft_states.js knows what comes next; here stands what is done on the page, on the device and over the line.
(function () {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form || !window.draftStates || !window.draftAnswers) return;
  const { first, after, isOnlyHere, isAtRisk } = window.draftStates;
  const { KnownAnswers, isSame } = window.draftAnswers;
  const words = form.dataset;
  const PATIENCE = 60000; // milliseconds for an answer; then it is as if the line were gone
  const MOST = 2000000; // bytes: the portal takes 2 MiB
  const MOST_AT_LAST = 60000; // a browser takes 64 KB at most from a page that goes
  const [revision, page, turn, untouched, before] = ["revision", "page", "turn", "untouched", "before"]
    .map((name) => form.elements.namedItem(name));
  const { pathname, search } = new URL(form.action);
  // Each text is named after its page. A line that did not bring that file either is no reason to save nothing.
  const device = window.textsOf?.(words.owner, pathname + search) || { keep: () => false, drop() {}, allBut: () => [] };
  const known = new KnownAnswers(answersAtFirst(), words.touched.split(" "));
  let state = first({ isStopped: "conflict" in words, turn: Number(turn.value), wroteAt: Date.now() });
  let clock = 0;
  let saving = null; // until the save under way has ended

  // --- what happens ---------------------------------------------------------------------------------------------

  function happen(kind, event) {
    const next = after(state, words, kind, event);
    state = next.state;
    turn.value = state.turn;
    for (const [deed, ...about] of next.deeds) DEEDS[deed](...about);
  }

  function askToSave() {
    happen("asked", { isHidden: document.hidden });
  }

  form.addEventListener("input", () => happen("typed", { at: Date.now() }));
  form.addEventListener("focusout", function (event) {
    if (!(event.relatedTarget instanceof HTMLButtonElement)) askToSave();
  });
  window.addEventListener("online", askToSave);
  window.addEventListener("focus", askToSave); // perhaps from logging in
  window.addEventListener("pagehide", () => happen("left"));
  document.addEventListener("visibilitychange", () => document.hidden && askToSave());
  window.addEventListener("beforeunload", function (event) {
    if (isOnlyHere(state) && !keep()) event.preventDefault();
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) location.reload();
  });

  form.addEventListener("submit", function (event) {
    const button = event.submitter;
    if (button?.formTarget) return askToSave(); // to see it, in another tab
    if (isAtRisk(state) && !keep()) {
      event.preventDefault();
      saveBefore(() => form.requestSubmit(button));
      return;
    }
    happen("handedIn");
    if (button) setTimeout(() => button.disabled = true);
  });

  // The next page may be one of the browser's own, and this one all there is.
  async function saveBefore(goOn) {
    askToSave();
    await saving;
    if (state.isUnsaved || state.isSaving) happen("full");
    else goOn();
  }

  // --- what is done ---------------------------------------------------------------------------------------------

  const DEEDS = {
    keep,
    keepAndSay: (text) => say(keep() ? text : words.full),
    keepAndTell: (text) => tell(keep() ? text : words.full),
    keepOrTell: () => keep() || tell(words.full),
    drop: () => device.drop(page.value),
    say,
    tell,
    plan(wait) {
      clock = setTimeout(() => happen("timeUp", { isHidden: document.hidden }), wait);
    },
    cancel: () => clearTimeout(clock),
    send(isLast) {
      saving = send({ keepalive: isLast && size() < MOST_AT_LAST });
    },
    sendAll() {
      untouched.value = namesUntouched(true).join(" ");
      before.value = lastHeard();
      known.sent(fields());
    },
    free() {
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    },
    hear(number) {
      revision.value = number;
      known.heard();
    },
    forgetGiven: () => known.forgetGiven(),
    showClash() {
      part("clash").hidden = false;
      document.activeElement.scrollIntoView({ block: "nearest" }); // the bar has grown over it
    },
    progress([answered, required]) {
      const line = part("progress-words");
      line.textContent = line.dataset.pattern.replace("{answered}", answered).replace("{required}", required);
      form.querySelector("progress").value = answered;
    },
  };

  // Whether there was room for it
  function keep() {
    return device.keep(page.value, {
      page: page.value,
      revision: state.isStopped ? "" : revision.value, // beside another's text this is not what was written last
      turn: state.turn + (state.isUnsaved ? 1 : 0),
      fields: fields(),
      untouched: namesUntouched(),
      at: state.wroteAt,
      isLeft: state.isLeaving,
    });
  }

  function say(text) {
    const line = part("saved");
    if (line.textContent !== text) line.textContent = text;
    line.classList.toggle("unkept", text === words.full);
  }

  function tell(text) {
    say(text);
    if (part("said").textContent !== text) part("said").textContent = text;
  }

  async function send(options) {
    try {
      happen("answered", await answerTo(options));
    } catch {
      happen("lost");
    }
  }

  // Whoever logged in again has another token: with that it is tried once more.
  async function answerTo(options) {
    let response = await post(options);
    let isAnother = false; // somebody else is logged in
    if (response.status === 403) {
      const { fault } = await window.renewToken();
      isAnother = fault === "another";
      if (!fault && !state.isHandingIn) response = await post(options);
    }
    const { status, redirected: isRedirected } = response;
    const content = isRedirected ? {} : await response.json().catch(() => ({}));
    return { status, isRedirected, isAnother, content };
  }

  function post(options) {
    known.sentToBeSaved(fields());
    const headers = { Accept: "application/json" };
    const patience = AbortSignal.timeout ? { signal: AbortSignal.timeout(PATIENCE) } : {};
    return fetch(form.action, { method: "POST", body: new FormData(form), headers, ...patience, ...options });
  }

  // --- what stands in the form ----------------------------------------------------------------------------------

  function part(name) {
    return form.querySelector(`[data-${name}]`);
  }

  function inputs() {
    return [...form.elements].filter((input) => input.name.startsWith("answer."));
  }

  function fields() {
    return [...new FormData(form)].filter(([name]) => name.startsWith("answer."));
  }

  function answersAtFirst() {
    return inputs().filter((input) => !isBox(input) || input.defaultChecked)
      .map((input) => [input.name, isBox(input) ? input.value : input.defaultValue]);
  }

  function isBox(input) {
    return input.type === "radio" || input.type === "checkbox";
  }

  // On a slow line somebody writes before this file has come.
  function isTouched(input) {
    return isBox(input) ? input.checked !== input.defaultChecked : input.value !== input.defaultValue;
  }

  function size() {
    return new Blob(fields().flat()).size + 200 * form.elements.length; // bytes, with what stands around each field
  }

  function namesUntouched(isBeside = state.isStopped) {
    return known.untouched([...new Set(inputs().map((input) => input.name))], fields(), isBeside);
  }

  function lastHeard() {
    const heard = known.lastHeard(state.isUnheard);
    return size() + heard.length < MOST ? heard : "";
  }

  // Put answers into the inputs of these names, as if somebody wrote them then. Whether there was room to keep them
  function put(answers, names, at) {
    for (const input of inputs().filter(({ name }) => names.has(name))) {
      const texts = answers.filter(([name]) => name === input.name).map(([, text]) => text);
      if (isBox(input)) input.checked = texts.includes(input.value);
      else input.value = texts[0] || "";
    }
    form.dispatchEvent(new Event("input"));
    if (Number.isFinite(at)) happen("dated", { at });
    return keep();
  }

  function goOnAs(name, turnOfIt) {
    page.value = name;
    happen("goneOn", { turn: Number(turnOfIt) });
  }

  if (state.isStopped || "unkept" in words || inputs().some(isTouched)) happen("typed", { at: Date.now() });
  // What else the page does with its texts
  window.draft = {
    form,
    words,
    device,
    part,
    inputs,
    fields,
    isBox,
    isTouched,
    isSame,
    answersAtFirst,
    namesUntouched,
    keep,
    put,
    goOnAs,
    give: (answers, names) => known.give(answers, names),
    tellFull: () => happen("full"),
    isSafe: () => !state.isUnsaved || keep(),
    isStopped: () => state.isStopped,
  };
  document.getElementById("faults")?.focus();
})();
