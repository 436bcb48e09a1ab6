// Text of a form that waits on this device: what never arrived is filled in where nothing else was written since;
// anything else is shown beside the form until somebody chooses. Without this file it goes on waiting.
(function () {
  "use strict";
  if (!window.draft) return;
  const { form, words, device, part, inputs, fields, isBox, isTouched, isSame, answersAtFirst } = window.draft;
  const { namesUntouched, keep, put, give, goOnAs, tellFull, isSafe, isStopped } = window.draft;
  const revision = form.elements.namedItem("revision");
  const page = form.elements.namedItem("page");
  const turn = form.elements.namedItem("turn");
  const replaced = []; // what copies from this device took the place of
  let shown; // the copy that is offered

  // A copy is a text of this form that a page kept on this device (device.js says what it holds).

  function wordsOf(list, among) {
    return JSON.stringify(list.filter(([name, text]) => text.trim() && among.has(name)));
  }

  // What other pages kept here, the newest first
  function kept() {
    return device.allBut(page.value);
  }

  function others() {
    return kept().filter((copy) => !standsHere(copy));
  }

  // Of what was kept only that counts in which somebody wrote there; a field that the form had not yet is none.
  function written(copy) {
    const [had, none] = [copy.fields.map(([name]) => name), copy.untouched || []];
    const names = inputs().filter((input) => isBox(input) || had.includes(input.name)).map((input) => input.name);
    return new Set(names.filter((name) => !none.includes(name)));
  }

  function writtenBut(copy, names) {
    return new Set([...written(copy)].filter((name) => !names.has(name)));
  }

  // Where its words are others than the form's; beside an option that was not chosen they say nothing.
  function differing(copy) {
    const now = fields();
    const wordsFor = (list, name) => wordsOf(list, new Set([name]));
    const isAnswered = (name) => !name.includes(":") || copy.fields.some(([own, text]) => `${own}:${text}` === name);
    return [...written(copy)].filter((name) => isAnswered(name) && wordsFor(copy.fields, name) !== wordsFor(now, name));
  }

  function standsHere(copy) {
    return !differing(copy).length;
  }

  // It was sent, and this page is the answer: all of it stands here, or a colleague's where nobody had written.
  function hasCome(copy) {
    const [page, turn] = (words.came || "").split(":");
    return copy.page && copy.page === page && copy.turn <= Number(turn);
  }

  function hasArrived(copy) {
    return copy.page && copy.page === words.saver && copy.turn <= Number(words.turn);
  }

  // What was saved last came from the page that kept this, or nothing was saved since.
  function isLatest(copy) {
    return copy.revision === revision.value || (copy.page && copy.page === words.saver);
  }

  // What is being typed stays, and so does what stands where nobody had written there.
  function recall() {
    const typed = new Set(inputs().filter(isTouched).map((input) => input.name));
    const isKept = isSafe();
    let isTaken = isStopped() || "unkept" in words;
    for (const copy of kept()) {
      const both = new Set([...typed].filter((name) => written(copy).has(name)));
      const isApart = wordsOf(copy.fields, both) === wordsOf(answersAtFirst(), both);
      if (hasArrived(copy) || (isKept && (hasCome(copy) || standsHere(copy)))) device.drop(copy.name);
      else if (!isTaken && isLatest(copy) && isApart) {
        isTaken = true;
        take(copy, typed);
      }
    }
    offer();
    if (shown && document.activeElement === document.body) part("kept").scrollIntoView({ block: "nearest" });
  }

  // A page that is gone may have sent it at the last moment: whoever goes on in its name meets no conflict with that.
  // Where this file came late, and the page has sent something in its own name, it goes on in that.
  function take(copy, typed) {
    const own = page.value;
    const isGoneOn = copy.isLeft && turn.value === "0";
    if (isGoneOn) goOnAs(copy.page, copy.turn);
    if (put(copy.fields, writtenBut(copy, typed), copy.at)) device.drop(isGoneOn ? own : copy.name);
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

  function show(copy) {
    part("since").textContent = Number.isFinite(copy.at)
      ? part("since").dataset.pattern.replace("{when}", ago(copy.at))
      : "";
    part("texts").replaceChildren(
      ...differing(copy).flatMap((name) => {
        const input = inputs().find((other) => other.name === name);
        const text = copy.fields.filter(([own]) => own === name).map(readable).filter(Boolean).join(", ");
        const title = name.includes(":") ? input.labels[0].textContent : input.closest("[data-title]").dataset.title;
        const line = made("dd");
        line.append(made("span", { textContent: text || words.nothing }));
        if (text && !isBox(input) && input.checkVisibility()) line.append(adding(name, text));
        return [made("dt", { textContent: title }), line];
      }),
    );
  }

  function adding(name, text) {
    const button = made("button", {
      type: "button",
      className: "btn btn-sm btn-outline-primary",
      textContent: words.adding,
    });
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
    const minutes = Math.round((Date.now() - at) / 60000);
    if (minutes < 1) return words.now;
    if (minutes < 60) return before(minutes, "minute");
    if (minutes < 1440) return before(Math.round(minutes / 60), "hour");
    return before(Math.round(minutes / 1440), "day");
  }

  function before(count, unit) {
    return new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" }).format(-count, unit);
  }

  part("drop").addEventListener("click", function () {
    const isMeant = asShown() && confirm(words.sure);
    const copy = isMeant && asShown(); // another tab may have gone on with it meanwhile
    if (!copy) return;
    device.drop(copy.name);
    offer();
    part("said").textContent = words.dropped;
    if (!shown) leaveBox();
  });
  part("take").addEventListener("click", function () {
    const copy = asShown();
    if (!copy) return;
    const stays = inputs().map((input) => input.name).filter((name) => !written(copy).has(name));
    const last = { copy, before: { fields: fields(), untouched: stays }, free: namesUntouched(true) };
    if (put(copy.fields, written(copy))) device.drop(copy.name);
    replaced.push({ ...last, after: fields() });
    offer();
    part("undo").focus();
  });
  // Until the page goes, and but for what was written since. The text waits again, as nobody's who is still writing.
  part("undo").addEventListener("click", function () {
    const { copy, before, after, free } = replaced.at(-1);
    const { fields: texts, untouched, at } = copy;
    const again = { page: "", revision: "", turn: 0, fields: texts, untouched, at };
    if (!device.keep(Date.now(), again)) return tellFull();
    replaced.pop();
    give(before.fields, free);
    const now = fields();
    put(before.fields, writtenBut(before, new Set([...written(copy)].filter((name) => !isSame(now, after, name)))));
    offer();
    part("take").focus();
  });
  // It stands in the form now, and waits no more.
  part("texts").addEventListener("added", function ({ detail: { name, text } }) {
    const copy = keep() && others().find((other) => other.name === shown.name);
    if (!copy || !copy.fields.some(([own, answer]) => own === name && answer === text)) return;
    const { name: key, ...rest } = copy;
    device.keep(key, { ...rest, untouched: [...(copy.untouched || []), name] });
    offer();
  });

  recall();
})();
