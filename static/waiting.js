// Text of a form that waits on this device: what never arrived is filled in where nothing else was written since;
// anything else is shown beside the form until somebody chooses. Without this file it goes on waiting.
(function () {
  "use strict";
  if (!window.draft) return;
  const {
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
    isSafe,
    isStopped,
  } = window.draft;
  const revision = form.elements.namedItem("revision");
  const page = form.elements.namedItem("page");
  const turn = form.elements.namedItem("turn");
  const replaced = []; // what texts from this device took the place of
  let shown; // of what waits

  function told(list, among) {
    return JSON.stringify(list.filter(([name, text]) => text.trim() && among.has(name)));
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

  function writtenBut(one, names) {
    return new Set([...written(one)].filter((name) => !names.has(name)));
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

  // What is being typed stays, and so does what stands where nobody had written there.
  function recall() {
    const typed = new Set(inputs().filter(isTouched).map((one) => one.name));
    const isKept = isSafe();
    let isTaken = isStopped() || "unkept" in words;
    for (const one of kept()) {
      const both = new Set([...typed].filter((name) => written(one).has(name)));
      const isApart = told(one.fields, both) === told(asSent(), both);
      if (hasArrived(one) || (isKept && (hasCome(one) || standsHere(one)))) device.drop(one.name);
      else if (!isTaken && isLatest(one) && isApart) {
        isTaken = true;
        take(one, typed);
      }
    }
    offer();
    if (shown && document.activeElement === document.body) part("kept").scrollIntoView({ block: "nearest" });
  }

  // A page that is gone may have sent it at the last moment: whoever goes on in its name meets no conflict with that.
  // Where this file came late, and the page has sent something in its own name, it goes on in that.
  function take(one, typed) {
    const own = page.value;
    const isGoneOn = one.isLeft && turn.value === "0";
    if (isGoneOn) [page.value, turn.value] = [one.page, one.turn];
    if (put(one.fields, writtenBut(one, typed), one.at)) device.drop(isGoneOn ? own : one.name);
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
    part("since").textContent = Number.isFinite(one.at)
      ? part("since").dataset.pattern.replace("{when}", ago(one.at))
      : "";
    part("texts").replaceChildren(
      ...differing(one).flatMap((name) => {
        const input = inputs().find((other) => other.name === name);
        const text = one.fields.filter(([own]) => own === name).map(readable).filter(Boolean).join(", ");
        const title = name.includes(":") ? input.labels[0].textContent : input.closest("[data-title]").dataset.title;
        const said = made("dd");
        said.append(made("span", { textContent: text || words.nothing }));
        if (text && !isBox(input) && input.checkVisibility()) said.append(adding(name, text));
        return [made("dt", { textContent: title }), said];
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
    const [count, unit] = minutes < 60
      ? [minutes, "minute"]
      : minutes < 1440
      ? [Math.round(minutes / 60), "hour"]
      : [Math.round(minutes / 1440), "day"];
    return new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" }).format(-count, unit);
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
    if (put(one.fields, written(one))) device.drop(one.name);
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
    give(before.fields, free);
    const now = fields();
    put(before.fields, writtenBut(before, new Set([...written(one)].filter((name) => !isSame(now, after, name)))));
    offer();
    part("take").focus();
  });
  // It stands in the form now, and waits no more.
  part("texts").addEventListener("added", function ({ detail: { name, text } }) {
    const one = keep() && others().find((other) => other.name === shown.name);
    if (!one || !one.fields.some(([own, said]) => own === name && said === text)) return;
    const { name: key, ...rest } = one;
    device.keep(key, { ...rest, untouched: [...(one.untouched || []), name] });
    offer();
  });

  recall();
})();
