// A form that saves itself as a draft: a few seconds after a change, when a field is left, and when the page goes away.
// Where the line is gone, what was typed waits on this device. Without this file the form has a button that saves.
(function () {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const words = form.dataset;
  const AFTER = 2000; // milliseconds from the first change
  const AGAIN = 6000; // until the next try when the portal did not answer
  const PATIENCE = 60000; // for an answer; then it is as if the line were gone
  const LONGEST = 130000; // the portal itself gives up what is handed in before that
  const MOST = 2000000; // bytes: the portal takes 2 MiB
  const revision = form.elements.namedItem("revision");
  const page = form.elements.namedItem("page");
  const turn = form.elements.namedItem("turn");
  const untouched = form.elements.namedItem("untouched");
  const before = form.elements.namedItem("before");
  const { pathname, search } = new URL(form.action);
  // Each text is named after its page. A line that did not bring that file either is no reason to save nothing.
  const device = window.textsOf?.(words.owner, pathname + search) || { keep: () => false, drop() {}, allBut: () => [] };
  const saved = part("saved");
  let timer = 0; // until the next save
  let under = null; // the save under way
  let going = null; // what was sent last to be saved
  let dirty = false; // something is written that no request brings to the portal
  let stopped = "conflict" in words; // beside somebody else's text nothing saves itself
  let handing = false; // the whole form is on its way, and the next page awaited
  let leaving = false; // the page goes away
  let isUnheard = false; // something was sent that may have arrived, and a colleague may have undone it
  let isAnother = false; // somebody else was logged in when it was asked last
  let touched = words.touched.split(" "); // where somebody wrote before this page came, and no draft has it
  let given = { fields: [], names: [] }; // what was put back where nobody had written here, until it is saved
  let wrote = Date.now(); // when something was written here last
  let isWell = false; // what was read aloud last is that it is saved
  // What the portal showed this page or has from it, and what was sent since and may have arrived
  let held = [asSent()];

  function part(name) {
    return form.querySelector(`[data-${name}]`);
  }

  function say(text, aloud) {
    if (saved.textContent !== text) saved.textContent = text;
    saved.classList.toggle("unkept", text === words.full);
    if (aloud && part("said").textContent !== text) part("said").textContent = text;
    if (aloud) isWell = false;
  }

  function inputs() {
    return [...form.elements].filter((one) => one.name.startsWith("answer."));
  }

  function fields() {
    return [...new FormData(form)].filter(([name]) => name.startsWith("answer."));
  }

  // Whether there was room for it
  function keep() {
    return device.keep(page.value, {
      page: page.value,
      revision: stopped ? "" : revision.value, // beside another's text this is not what was written last
      turn: Number(turn.value) + (dirty ? 1 : 0),
      fields: fields(),
      untouched: namesUntouched(),
      at: wrote,
      isLeft: leaving,
    });
  }

  // A choice and the words beside it are one.
  function isOf(name) {
    return (other) => other.split(":")[0] === name.split(":")[0];
  }

  // Beside a colleague's text these give way to it; nobody wrote in them here. Where none may stand there yet, what was
  // put back does not: its place is taken in the portal.
  function namesUntouched(isBeside = stopped) {
    const [names, now] = [new Set(inputs().map((one) => one.name)), fields()];
    const isAsBefore = (name) => held.every((list) => isSame(now, list, name));
    const isGiven = (name) => isBeside && given.names.includes(name) && isSame(now, given.fields, name);
    return [...names].filter((name) => isGiven(name) || (!touched.some(isOf(name)) && isAsBefore(name)));
  }

  // What the portal had when this page heard of it last; "" where that is not known. A colleague who left it so wrote
  // nothing there.
  function asHeard() {
    const heard = touched.some(Boolean) || isUnheard ? "" : new URLSearchParams(held[0]).toString();
    return size() + heard.length < MOST ? heard : "";
  }

  function isSame(one, other, name) {
    const said = (list) => JSON.stringify(list.filter(([own]) => isOf(name)(own)));
    return said(one) === said(other);
  }

  // Each in its order: what is answered must be found among what went before and after it.
  function goes(list) {
    if (JSON.stringify(held.at(-1)) !== JSON.stringify(list)) held = [...held, list];
    return held.at(-1);
  }

  function soon(after) {
    if (!timer && !stopped && !handing) timer = setTimeout(save, after);
  }

  function save() {
    const isKept = !(dirty || under) || keep(); // it may never arrive
    if (stopped && !isKept) say(words.full, true);
    if (stopped || handing) return under;
    clearTimeout(timer);
    timer = 0;
    if (!dirty) return under;
    if (under) return under.finally(() => soon(0));
    const isLast = leaving || document.hidden;
    dirty = false;
    if (!isLast) say(words.saving);
    turn.value = Number(turn.value) + 1;
    const isShort = size() < 60000; // a browser takes 64 KB at most from a page that goes
    under = send({ keepalive: isLast && isShort }).then(answered).catch(lost).finally(() => {
      under = null;
    });
    return under;
  }

  // Whoever logged in again has another token: with that it is tried once more.
  async function send(options) {
    const post = () => {
      going = goes(fields());
      return fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        ...patience(),
        ...options,
      });
    };
    const response = await post();
    isAnother = false;
    if (response.status !== 403) return response;
    const { fault } = await window.renewToken();
    isAnother = fault === "another";
    return fault || handing ? response : post();
  }

  function size() {
    return new Blob(fields().flat()).size + 200 * form.elements.length; // bytes, with what stands around each field
  }

  function patience() {
    return AbortSignal.timeout ? { signal: AbortSignal.timeout(PATIENCE) } : {};
  }

  async function answered(response) {
    if (response.status === 409) {
      stopped = true;
      unsent();
      say(words.unsaved, true);
      part("clash").hidden = false;
      document.activeElement.scrollIntoView({ block: "nearest" }); // the bar has grown over it
      return;
    }
    if (response.status >= 500 || [408, 429].includes(response.status)) return lost();
    const said = response.redirected ? {} : await response.json().catch(() => ({}));
    if (response.redirected || !response.ok) {
      const isKept = unsent();
      const reasons = Object.values(said.reasons || {}).flat().join(" ");
      const isOut = response.redirected || (response.status === 403 && !reasons); // or somebody else is in
      const out = isAnother ? words.another : words.login;
      say(!isKept ? words.full : isOut ? out : reasons || words.refused, true);
      if (isOut) soon(5 * AGAIN);
      return;
    }
    if (!("revision" in said)) return lost(); // what stands between answered, not the portal
    revision.value = said.revision;
    isUnheard = false;
    [held, touched] = [held.slice(held.indexOf(going)), []]; // a form that is being handed in went after it
    if (dirty || handing) keep();
    else device.drop(page.value);
    if (!dirty) given = { fields: [], names: [] };
    if (!dirty) say(said.said, !isWell || said.has_become);
    isWell = isWell || !dirty;
    part("progress-words").textContent = part("progress-words").dataset.pattern
      .replace("{answered}", said.progress[0]).replace("{required}", said.progress[1]);
    form.querySelector("progress").value = said.progress[0];
  }

  // What is being handed in went with that, whatever became of the draft before it.
  function unsent() {
    dirty = dirty || !handing;
    return keep();
  }

  function lost() {
    isUnheard = true;
    const isKept = unsent();
    say(!isKept ? words.full : stopped ? words.away : words.offline, true);
    soon(AGAIN);
  }

  function changed() {
    dirty = true;
    wrote = Date.now();
    const isKept = !handing || goOn();
    if (!stopped) say(isKept ? words.unsaved : words.full);
    soon(AFTER);
  }

  form.addEventListener("input", changed);
  form.addEventListener("focusout", function (event) {
    if (!(event.relatedTarget instanceof HTMLButtonElement)) save();
  });
  window.addEventListener("online", () => save());
  window.addEventListener("focus", () => save()); // perhaps from logging in
  window.addEventListener("beforeunload", function (event) {
    if ((dirty || (under && !handing)) && !keep()) event.preventDefault(); // it stands nowhere else
  });
  window.addEventListener("pagehide", () => {
    leaving = true;
    save();
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());

  // A draft may still be on its way, or for ever: the portal knows by the turn which of the two was sent later.
  form.addEventListener("submit", function (event) {
    const button = event.submitter;
    if (button && button.formTarget) return save(); // to see it, in another tab
    if ((dirty || under) && !stopped && !keep()) { // whatever the next page says, this one must not be all there is
      event.preventDefault();
      Promise.resolve(save()).then(() => dirty || under ? say(words.full, true) : form.requestSubmit(button));
      return;
    }
    handing = true;
    dirty = false;
    clearTimeout(timer);
    timer = setTimeout(resume, LONGEST);
    turn.value = Number(turn.value) + 1;
    untouched.value = namesUntouched(true).join(" ");
    before.value = asHeard();
    goes(fields());
    keep();
    if (button) {
      setTimeout(() => {
        button.disabled = true;
      });
    }
  });
  // The next page has not come, or nobody waits for it any more: what is written now was not sent with the rest.
  function goOn() {
    for (const button of form.querySelectorAll("button")) button.disabled = false;
    return keep();
  }
  function resume() {
    handing = false;
    dirty = true;
    isUnheard = true;
    goOn();
    save();
  }
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) location.reload();
  });

  // Put answers into the inputs of these names, as if somebody wrote them then. Whether there was room to keep them
  function put(list, names, at) {
    for (const input of inputs()) {
      if (!names.has(input.name)) continue;
      const own = list.filter(([name]) => name === input.name).map(([, text]) => text);
      if (isBox(input)) input.checked = own.includes(input.value);
      else input.value = own[0] || "";
    }
    form.dispatchEvent(new Event("input"));
    if (Number.isFinite(at)) wrote = at;
    return keep();
  }

  // What was put back where nobody had written here
  function give(list, names) {
    given = { fields: list, names };
  }

  function isBox(input) {
    return input.type === "radio" || input.type === "checkbox";
  }

  // On a slow line somebody writes before this file has come.
  function isTouched(input) {
    return isBox(input) ? input.checked !== input.defaultChecked : input.value !== input.defaultValue;
  }

  function asSent() {
    return inputs().filter((one) => !isBox(one) || one.defaultChecked)
      .map((one) => [one.name, isBox(one) ? one.value : one.defaultValue]);
  }

  if (stopped || "unkept" in words || inputs().some(isTouched)) changed();
  // What else the page does with its texts
  window.draft = {
    form,
    words,
    device,
    part,
    say,
    inputs,
    fields,
    isBox,
    isTouched,
    isSame,
    asSent,
    namesUntouched,
    keep,
    put,
    give,
    isSafe: () => !dirty || keep(),
    isStopped: () => stopped,
  };
  const faults = document.getElementById("faults");
  if (faults) faults.focus();
})();
