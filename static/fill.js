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
  const replaced = []; // what texts from this device took the place of
  let given = { fields: [], names: [] }; // of that, what was put back where nobody had written here, until it is saved
  let wrote = Date.now(); // when something was written here last
  let shown; // of what waits on this device
  let isWell = false; // what was read aloud last is that it is saved
  let held = [asSent()]; // what the portal showed this page or has from it, and what was sent since and may have arrived

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
    under = send({ keepalive: isLast && isShort }).then(answered).catch(lost).finally(() => { under = null; });
    return under;
  }

  // Whoever logged in again has another token: with that it is tried once more.
  async function send(options) {
    const post = () => {
      going = goes(fields());
      return fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, ...patience(), ...options,
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
  window.addEventListener("pagehide", () => { leaving = true; save(); });
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
    if (button) setTimeout(() => { button.disabled = true; });
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

  // What is being typed stays, and so does what stands where nobody had written there.
  function fill(one, typed = new Set()) {
    for (const input of inputs()) {
      if (typed.has(input.name) || !written(one).has(input.name)) continue;
      const own = one.fields.filter(([name]) => name === input.name).map(([, text]) => text);
      if (isBox(input)) input.checked = own.includes(input.value);
      else input.value = own[0] || "";
    }
    form.dispatchEvent(new Event("input"));
    return keep();
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

  function told(list, among) {
    return JSON.stringify(list.filter(([name, text]) => text.trim() && (!among || among.has(name))));
  }

  // What other pages kept here, the newest first
  function kept() {
    return device.allBut(page.value);
  }

  function others() {
    return kept().filter((one) => !standsHere(one));
  }

  // Of what was kept only that counts in which somebody wrote there; a field that the form had not yet is none.
  function written(one) {
    const [had, none] = [one.fields.map(([name]) => name), one.untouched || []];
    const names = inputs().filter((input) => isBox(input) || had.includes(input.name)).map((input) => input.name);
    return new Set(names.filter((name) => !none.includes(name)));
  }

  // Where its words are others than the form's; beside an option that was not chosen they say nothing.
  function differing(one) {
    const now = fields();
    const said = (list, name) => told(list, new Set([name]));
    const isSaid = (name) => !name.includes(":") || one.fields.some(([own, text]) => `${own}:${text}` === name);
    return [...written(one)].filter((name) => isSaid(name) && said(one.fields, name) !== said(now, name));
  }

  function standsHere(one) {
    return !differing(one).length;
  }

  // It was sent, and this page is the answer: all of it stands here, or a colleague's where nobody had written.
  function hasCome(one) {
    const [page, turn] = (words.came || "").split(":");
    return one.page && one.page === page && one.turn <= Number(turn);
  }

  function hasArrived(one) {
    return one.page && one.page === words.saver && one.turn <= Number(words.turn);
  }

  // What was saved last came from the page that kept this, or nothing was saved since.
  function isLatest(one) {
    return one.revision === revision.value || (one.page && one.page === words.saver);
  }

  // What never arrived is filled in where nothing else was written since; anything else waits until somebody chooses.
  function recall() {
    const typed = new Set(inputs().filter(isTouched).map((one) => one.name));
    if (stopped || "unkept" in words || typed.size) changed();
    const isSafe = !dirty || keep();
    let isTaken = stopped || "unkept" in words;
    for (const one of kept()) {
      const both = new Set([...typed].filter((name) => written(one).has(name)));
      const isApart = told(one.fields, both) === told(asSent(), both);
      if (hasArrived(one) || (isSafe && (hasCome(one) || standsHere(one)))) device.drop(one.name);
      else if (!isTaken && isLatest(one) && isApart) {
        isTaken = true;
        take(one, typed);
      }
    }
    offer();
  }

  // A page that is gone may have sent it at the last moment: whoever goes on in its name meets no conflict with that.
  function take(one, typed) {
    const own = page.value;
    if (one.isLeft) [page.value, turn.value] = [one.page, one.turn];
    const isKept = fill(one, typed);
    if (Number.isFinite(one.at)) wrote = one.at;
    if (isKept && keep()) device.drop(one.isLeft ? own : one.name);
  }

  function offer() {
    [shown] = others();
    part("kept").hidden = !shown;
    if (shown) show(shown);
    part("taken").hidden = !replaced.length;
  }

  // What was pressed holds for what could be read. Where another tab went on with it or decided, or more would be taken
  // from the form than was listed, what there is now is shown first.
  function asShown() {
    const read = [shown?.name, part("texts").textContent];
    offer();
    const isRead = shown?.name === read[0] && part("texts").textContent === read[1];
    part("moved").hidden = isRead;
    if (!shown) leaveBox();
    return isRead && shown;
  }

  // The keyboard stays on the page.
  function leaveBox() {
    part("save").focus({ preventScroll: true });
  }

  function show(one) {
    part("since").textContent = Number.isFinite(one.at) ? part("since").dataset.pattern.replace("{when}", ago(one.at)) : "";
    part("texts").replaceChildren(...differing(one).flatMap((name) => {
      const input = inputs().find((other) => other.name === name);
      const text = one.fields.filter(([own]) => own === name).map(readable).filter(Boolean).join(", ");
      const title = name.includes(":") ? input.labels[0].textContent : input.closest("[data-title]").dataset.title;
      const said = made("dd");
      said.append(made("span", { textContent: text || words.nothing }));
      if (text && !isBox(input) && input.checkVisibility()) said.append(adding(name, text));
      return [made("dt", { textContent: title }), said];
    }));
  }

  function adding(name, text) {
    const button = made("button", { type: "button", className: "btn btn-sm btn-outline-primary", textContent: words.adding });
    Object.assign(button.dataset, { add: name, text });
    return button;
  }

  function made(tag, properties = {}) {
    return Object.assign(document.createElement(tag), properties);
  }

  function readable([name, text]) {
    const box = inputs().find((input) => isBox(input) && input.name === name && input.value === text);
    return box ? box.labels[0].textContent.trim() : text;
  }

  // By the clock of the device, whatever the day of the round
  function ago(at) {
    const minutes = Math.max(0, Math.round((Date.now() - at) / 60000));
    const [count, unit] = minutes < 60 ? [minutes, "minute"]
      : minutes < 1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
    return new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: minutes ? "always" : "auto" }).format(-count, unit);
  }

  part("drop").addEventListener("click", function () {
    const isMeant = asShown() && confirm(words.sure);
    const one = isMeant && asShown(); // another tab may have gone on with it meanwhile
    if (!one) return;
    device.drop(one.name);
    offer();
    part("said").textContent = words.dropped;
    if (!shown) leaveBox();
  });
  part("take").addEventListener("click", function () {
    const one = asShown();
    if (!one) return;
    const stays = inputs().map((input) => input.name).filter((name) => !written(one).has(name));
    const last = { one, before: { fields: fields(), untouched: stays }, free: namesUntouched(true) };
    if (fill(one)) device.drop(one.name);
    replaced.push({ ...last, after: fields() });
    offer();
    part("undo").focus();
  });
  // Until the page goes, and but for what was written since. The text waits again, as nobody's who is still writing.
  part("undo").addEventListener("click", function () {
    const { one, before, after, free } = replaced.at(-1);
    const { fields: texts, untouched, at } = one;
    const again = { page: "", revision: "", turn: 0, fields: texts, untouched, at };
    if (!device.keep(Date.now(), again)) return say(words.full, true);
    replaced.pop();
    given = { fields: before.fields, names: free };
    const now = fields();
    fill(before, new Set([...written(one)].filter((name) => !isSame(now, after, name))));
    offer();
    part("take").focus();
  });

  // What a colleague wrote beside it goes behind what stands here, so that nobody's words are lost by it.
  form.addEventListener("click", function (event) {
    const { add, text } = event.target.dataset;
    if (!add) return;
    const field = form.elements.namedItem(add);
    field.value = [field.value.trimEnd(), text].filter(Boolean).join(field.tagName === "TEXTAREA" ? "\n" : " ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    event.target.hidden = true;
    if (part("texts").contains(event.target) && keep()) settle(add, text);
  });
  // It stands in the form now, and waits no more.
  function settle(name, text) {
    const one = others().find((other) => other.name === shown.name);
    if (!one || !one.fields.some(([own, said]) => own === name && said === text)) return;
    const { name: key, ...rest } = one;
    device.keep(key, { ...rest, untouched: [...(one.untouched || []), name] });
    offer();
  }
  function showAdding() {
    for (const button of form.querySelectorAll("[data-add]")) button.hidden = false;
  }
  // Where somebody writes into what a colleague wrote, that stays in sight below it.
  form.addEventListener("input", function () {
    for (const note of form.querySelectorAll(".fill-taken")) {
      if (!inputs().some((one) => one.name === note.dataset.of && isTouched(one))) continue;
      const { content } = note.querySelector("template");
      for (const button of content.querySelectorAll("[data-add]")) button.hidden = false;
      note.replaceWith(content);
    }
  });
  showAdding();

  recall();
  const faults = document.getElementById("faults");
  if (faults) faults.focus();
})();
