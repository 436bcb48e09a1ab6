// What the pages of an entry do beyond plain forms: show how far an upload is, say what went wrong on the way, follow
// what is being worked on, and take the reader to what is new. Every form here works without this file.
(function () {
  "use strict";
  const words = document.getElementById("portal-words").dataset;
  const { reader } = document.getElementById("reader").dataset;
  const isFollowing = window.isFollowing || (() => false); // a file may not have come

  function part(form, name) {
    return form.querySelector(`[data-${name}]`);
  }

  document.body.addEventListener("htmx:beforeRequest", function (event) {
    const fault = part(event.target, "fault");
    if (fault) fault.hidden = true;
  });

  // On a shared computer another may have logged in since: in that name nothing is shown here, and nothing sent.
  document.body.addEventListener("htmx:configRequest", function (event) {
    event.detail.headers["X-Reader"] = reader;
    // What the page asks by itself keeps no login alive at which nobody sits (cdd4/idle.py).
    const { triggeringEvent: by } = event.detail;
    if (!by || by.type === "again") event.detail.headers["X-By-Itself"] = "1";
  });

  document.body.addEventListener("htmx:xhr:progress", function (event) {
    const sending = event.target.matches("form[data-upload]") && part(event.target, "sending");
    if (!sending || !event.detail.lengthComputable) return;
    const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
    sending.hidden = false;
    sending.querySelector("progress").value = percent;
    part(event.target, "percent").textContent = percent < 100 ? `${percent} %` : words.checking;
  });

  function say(form, text, door = "") {
    const sending = part(form, "sending");
    const fault = part(form, "fault");
    if (sending) sending.hidden = true;
    if (form.matches("form")) unsent.add(form);
    if (!fault) return;
    fault.replaceChildren(text, " ", door);
    fault.hidden = false;
  }

  // What was typed stays: only a slot may take a slot's place, never a login or an error page.
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    if (!new URL(event.detail.xhr.responseURL || location.href).pathname.startsWith("/accounts/")) return;
    const asker = event.detail.requestConfig.elt;
    if (isFollowing(asker)) return; // following.js asks again
    event.detail.shouldSwap = false;
    isReaderHere(asker);
  });

  // Whether the page's reader is logged in here, with a new token by now; if not, the form says why.
  async function isReaderHere(form) {
    const { fault } = window.renewToken ? await window.renewToken() : { fault: "nobody" }; // a file may not have come
    const reason = { nobody: words.login, another: words.another, away: words.network }[fault];
    if (fault) say(form, reason, window.doorFor?.(fault));
    return !fault;
  }
  const unsent = new Set(); // forms that were pressed, and what they say stands nowhere else
  addEventListener("beforeunload", (event) => [...unsent].some((form) => form.isConnected) && event.preventDefault());

  document.body.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.successful) unsent.delete(event.detail.elt);
    if (event.detail.xhr.status !== 403) renewed.delete(event.detail.elt);
  });

  // What asks for somebody, when no answer came; what asks by itself asks again (following.js)
  function unanswered(event) {
    const asker = event.detail.requestConfig.elt;
    if (!isFollowing(asker)) say(asker, words.network);
  }
  document.body.addEventListener("htmx:sendError", unanswered);
  document.body.addEventListener("htmx:timeout", unanswered);
  document.body.addEventListener("htmx:responseError", function (event) {
    const asker = event.detail.requestConfig.elt;
    const status = event.detail.xhr.status;
    const reasons = { 403: words.forbidden, 404: words.gone, 413: words.large };
    const mayPass = status >= 500 || status === 403; // another login may come
    if (mayPass && isFollowing(asker)) return;
    if (status === 403 && asker.matches("form")) forbidden(asker, event.detail.requestConfig);
    else say(asker, reasons[status] || words.fault);
  });

  // Perhaps the login is another one by now: with its token it is tried once more.
  const renewed = new WeakSet();
  async function forbidden(form, { formData, triggeringEvent: sending }) {
    if (renewed.delete(form)) return say(form, words.forbidden);
    form.dataset.renewing = ""; // it stays in its place until it is sent once more
    const isHere = await isReaderHere(form);
    delete form.dataset.renewing;
    if (!isHere) return;
    if (!isAsSent(form, formData)) return say(form, words.changed);
    renewed.add(form);
    form.requestSubmit(sending?.submitter);
  }
  function isAsSent(form, formData) {
    const isText = ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken";
    const textsIn = (data) => JSON.stringify([...data].filter(isText));
    return textsIn(new FormData(form)) === textsIn(formData);
  }

  // What follows by itself is shown anew under its reader: named folds stay open, and the keyboard where it was.
  let folds = [];
  let place = "";
  function placeOf(element) {
    const around = element.closest("[id], [aria-labelledby]");
    if (!around) return "";
    const name = around.id
      ? `#${CSS.escape(around.id)}`
      : `[aria-labelledby="${around.getAttribute("aria-labelledby")}"]`;
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

  // A link to what is folded opens it with the form by which it is still owed; one to an input begins to write there.
  function unfold() {
    const goal = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!goal) return;
    const fold = goal.closest("details") || goal.querySelector(":scope > details");
    if (fold && !fold.open) {
      fold.open = true;
      goal.scrollIntoView();
    }
    const owed = goal.querySelector(".hand-in > .btn-primary");
    if (owed) owed.parentElement.open = true;
    if (goal.matches("input")) goal.focus();
  }
  addEventListener("hashchange", unfold);
  document.body.addEventListener("click", (event) => event.target.closest('a[href^="#"]') && setTimeout(unfold));
  unfold();

  // What is fetched when it is opened, also before the scripts had come, and where its place is shown anew.
  const seen = new WeakSet();
  function fetchInto(fold) {
    const link = fold.open && fold.querySelector(":scope > .fetched-body > a:only-child"); // nothing was fetched yet
    const summary = fold.querySelector("summary:not(.htmx-request)");
    if (link && summary) window.htmx?.trigger(summary, "opened");
  }
  function fetchOpened() {
    for (const fold of document.querySelectorAll("details.fetched[open]")) {
      if (!seen.has(fold)) fetchInto(fold);
      seen.add(fold);
    }
  }
  document.addEventListener("toggle", ({ target }) => target.matches("details.fetched") && fetchInto(target), true);
  document.body.addEventListener("htmx:afterSettle", fetchOpened);
  addEventListener("DOMContentLoaded", fetchOpened);

  // After a swap the reader is taken to what is new: the fault, or the notice of success.
  document.body.addEventListener("htmx:afterSettle", function (event) {
    // What the page began with was read in the slot, and is no news any more.
    if (event.detail.elt.matches(".slot, #values")) {
      document.querySelectorAll("#messages > :not(.fieldless)").forEach((notice) => notice.remove());
    }
    const news = event.detail.elt.querySelector(".notice");
    if (!news || ["progress", "content"].includes(event.detail.elt.id)) return;
    const here = document.activeElement;
    const isWriting = !event.detail.elt.contains(here) || here.value !== here.defaultValue;
    if (here.matches("textarea, input") && isWriting) return; // nobody is taken away from what they write
    news.tabIndex = -1;
    news.focus({ preventScroll: true });
    news.scrollIntoView({ block: "nearest" });
  });
})();
