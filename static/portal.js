// What the pages of an entry do beyond plain forms: show how far an upload is, say what went wrong on the way, and leave
// alone what somebody writes where the page shows a place anew. Every form here works without this file.
(function () {
  "use strict";
  const words = document.getElementById("portal-words").dataset;
  const AGAIN = 4000; // milliseconds until what follows the portal by itself asks again
  const PATIENCE = 45000; // for a new token; then it is as if the line were gone

  function part(form, name) {
    return form.querySelector(`[data-${name}]`);
  }

  document.body.addEventListener("htmx:beforeRequest", function (event) {
    const fault = part(event.target, "fault");
    if (fault) fault.hidden = true;
    if (event.target.matches("form")) sent.set(event.target, wordsIn(event.target));
  });

  // On a shared computer another may have logged in since: in that name nothing is shown here, and nothing sent.
  document.body.addEventListener("htmx:configRequest", function (event) {
    event.detail.headers["X-Reader"] = words.reader;
  });

  document.body.addEventListener("htmx:xhr:progress", function (event) {
    const sending = event.target.matches("form[data-upload]") && part(event.target, "sending");
    if (!sending || !event.detail.lengthComputable) return;
    const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
    sending.hidden = false;
    sending.querySelector("progress").value = percent;
    part(event.target, "percent").textContent = percent < 100 ? `${percent} %` : words.checking;
  });

  function say(form, text) {
    const sending = part(form, "sending");
    const fault = part(form, "fault");
    if (sending) sending.hidden = true;
    if (!fault) return;
    fault.textContent = text;
    fault.hidden = false;
  }

  // What was typed stays: only a slot may take a slot's place, never a login or an error page.
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    if (!new URL(event.detail.xhr.responseURL || location.href).pathname.startsWith("/accounts/")) return;
    event.detail.shouldSwap = false;
    say(event.detail.requestConfig.elt, words.login);
  });

  // Where a place is shown anew, what somebody has written there and not sent, or wrote on since, goes over to the new one.
  const sent = new WeakMap(); // what a form that is on its way says
  const FIELDS = "textarea[id], input[id]:is([type=text], [type=url], [type=number])";
  let written = new Map();
  let cursor = null; // where somebody writes
  function fieldsIn(place) {
    return [...place.querySelectorAll(FIELDS)];
  }
  function wordsIn(place) {
    return new Map(fieldsIn(place).map((field) => [field.id, field.value]));
  }
  function isWritten(field) {
    const isRefused = field.form && "refused" in field.form.dataset; // it shows what was sent, and nobody has that
    return field.value !== (sent.get(field.form)?.get(field.id) ?? (isRefused ? "" : field.defaultValue));
  }
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    const { shouldSwap, target: place } = event.detail;
    if (!shouldSwap) return;
    written = new Map(fieldsIn(place).filter(isWritten).map((field) => [field.id, field.value]));
    const { id, selectionStart: at } = document.activeElement;
    cursor = written.has(id) ? { id, at } : null;
    // An open talk stays itself only for the sake of its words: anew it tells more.
    for (const talk of place.querySelectorAll("[hx-preserve]")) if (!fieldsIn(talk).some((one) => one.value)) talk.id = "";
  });
  document.body.addEventListener("htmx:afterSwap", function () {
    for (const [id, text] of written) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = text;
      for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      if (id !== cursor?.id) continue;
      field.focus({ preventScroll: true });
      if (cursor.at !== null) field.setSelectionRange(cursor.at, cursor.at);
    }
  });
  document.body.addEventListener("htmx:afterRequest", function (event) {
    sent.delete(event.detail.elt);
    if (event.detail.xhr.status !== 403) renewed.delete(event.detail.elt);
  });

  // What asks by itself, and what asks for somebody, when no answer came
  function lost(event) {
    const asker = event.detail.requestConfig.elt;
    if (isFollowing(asker)) setTimeout(() => htmx.trigger(asker, "again"), AGAIN);
    else say(asker, words.network);
  }
  function isFollowing(asker) {
    return (asker.getAttribute("hx-trigger") || "").includes("again");
  }
  document.body.addEventListener("htmx:sendError", lost);
  document.body.addEventListener("htmx:timeout", lost);
  document.body.addEventListener("htmx:responseError", function (event) {
    const asker = event.detail.requestConfig.elt;
    const status = event.detail.xhr.status;
    const reasons = { 403: words.forbidden, 404: words.gone, 413: words.large };
    if (status >= 500 && isFollowing(asker)) lost(event);
    else if (status === 403 && asker.matches("form")) forbidden(asker, event.detail.requestConfig.triggeringEvent);
    else say(asker, reasons[status] || words.fault);
  });

  // Perhaps the login is another one by now: with its token it is tried once more.
  const renewed = new WeakSet();
  async function forbidden(form, sending) {
    if (renewed.delete(form)) return say(form, words.forbidden);
    const before = JSON.stringify([...sent.get(form)]); // it is still known: the request ends after this
    const token = await window.renewToken().catch(() => null);
    if (!token) return say(form, token === null ? words.network : words.login);
    if (JSON.stringify([...wordsIn(form)]) !== before) return say(form, words.changed);
    renewed.add(form);
    form.requestSubmit(sending && sending.submitter);
  }

  // What follows by itself is shown anew under its reader: named folds stay open, and the keyboard where it was.
  let folds = [];
  let place = "";
  function placeOf(element) {
    const around = element.closest("[id], [aria-labelledby]");
    if (!around) return "";
    const name = around.id ? `#${CSS.escape(around.id)}` : `[aria-labelledby="${around.getAttribute("aria-labelledby")}"]`;
    if (element === around) return name;
    const link = element.getAttribute("href");
    return `${name} ${link === null ? element.localName : `a[href="${CSS.escape(link)}"]`}`;
  }
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    if (!isFollowing(event.detail.requestConfig.elt)) return;
    folds = Array.from(document.querySelectorAll("details[id][open]"), (fold) => fold.id);
    place = placeOf(document.activeElement);
  });
  document.body.addEventListener("htmx:afterSwap", function (event) {
    if (!isFollowing(event.detail.requestConfig.elt)) return;
    folds.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    const isLost = place && document.activeElement === document.body;
    if (isLost) document.querySelector(place)?.focus({ preventScroll: true });
  });

  // Whoever logged in again has another token: this page's forms take it over, if it is the same person.
  window.renewToken = async function () {
    const patience = AbortSignal.timeout ? { signal: AbortSignal.timeout(PATIENCE) } : {};
    const text = await fetch(location.href, patience).then((page) => page.ok ? page.text() : "");
    const now = new DOMParser().parseFromString(text, "text/html");
    const token = now.querySelector("[name=csrfmiddlewaretoken]");
    if (!token || now.getElementById("portal-words")?.dataset.reader !== words.reader) return "";
    for (const own of document.querySelectorAll("[name=csrfmiddlewaretoken]")) own.value = token.value;
    for (const own of document.querySelectorAll("[data-token]")) own.dataset.token = token.value;
    return token.value;
  };

  // A link to what is folded opens it, and one to an input begins to write there.
  function unfold() {
    const goal = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!goal) return;
    const fold = goal.closest("details") || goal.querySelector(":scope > details");
    if (fold && !fold.open) {
      fold.open = true;
      goal.scrollIntoView();
    }
    if (goal.matches("input")) goal.focus();
  }
  addEventListener("hashchange", unfold);
  document.body.addEventListener("click", (event) => event.target.closest('a[href^="#"]') && setTimeout(unfold));
  unfold();

  // After a swap the reader is taken to what is new: the fault, or the notice of success.
  document.body.addEventListener("htmx:afterSettle", function (event) {
    // What the page began with was read in the slot, and is no news any more.
    if (event.detail.elt.matches(".slot, #values")) document.getElementById("messages")?.replaceChildren();
    const news = event.detail.elt.querySelector(".notice");
    if (!news || ["progress", "content"].includes(event.detail.elt.id)) return;
    const isElsewhere = document.activeElement.matches(FIELDS) && !event.detail.elt.contains(document.activeElement);
    if (cursor || isElsewhere) return; // nobody is taken away from what they write
    news.tabIndex = -1;
    news.focus({ preventScroll: true });
    news.scrollIntoView({ block: "nearest" });
  });
})();
