// The reviewer's desk without page loads: the next piece is there, and drawn, before a decision on this one is sent.
// What could not be saved comes back with what was typed. Without this file every decision is a form.
(function () {
  "use strict";
  const desk = document.getElementById("review"), place = document.getElementById("review-piece");
  const told = document.getElementById("review-told"), bar = document.getElementById("review-progress");
  const { reader } = document.getElementById("reader").dataset;
  const HELD = 45000, UNDO = 10000; // milliseconds: until a claim is renewed, and for which a decision can be undone
  const GLANCE = 200; // milliseconds: what was shown so shortly nobody has looked at, and a key was pressed twice
  const been = []; // addresses of pieces that were here, the last at the end
  let ahead = null; // the next piece, hidden in its place; false: there is none
  let asking = null; // while it is asked for
  let undoing = null;
  let shownAt = 0;

  const current = () => place.querySelector("[data-piece]:not([hidden])");
  const held = () => Array.from(place.querySelectorAll("[data-piece]"), (one) => one.dataset.piece);
  const viewer = () => current()?.querySelector("[data-viewer]");

  function ask(address, options = {}) {
    const headers = { "X-Desk": "1", "X-Reader": reader, ...options.headers };
    return fetch(address, { ...options, headers, redirect: "error", keepalive: options.method === "POST" });
  }

  function made(html) {
    const box = document.createElement("template");
    box.innerHTML = html.trim();
    return box.content.firstElementChild;
  }

  function putAhead(html) {
    ahead?.remove?.();
    ahead = html.trim() ? made(html) : false;
    if (!ahead) return;
    ahead.hidden = true;
    ahead.inert = true;
    place.append(ahead);
    window.beginViewer(ahead);
  }

  // The pieces that the page has are no answer to what comes next.
  function nextAddress() {
    const last = held().at(-1) || "";
    return `${desk.dataset.next}&after=${last}&past=${held().join(",")}`;
  }

  function fetchAhead() {
    asking ??= ask(nextAddress()).then(async (answer) => {
      if (answer.ok) putAhead(await answer.text());
    }).catch(() => {}).finally(() => asking = null);
    return asking;
  }

  function show(piece) {
    for (const one of place.children) if (one !== piece && one !== ahead) one.remove();
    piece.hidden = piece.inert = false;
    if (!piece.isConnected) {
      place.prepend(piece);
      window.beginViewer(piece);
    }
    shownAt = performance.now();
    history.replaceState(null, "", piece.dataset.address);
    document.title = `${piece.dataset.title} · ${document.title.split(" · ").at(-1)}`;
    piece.querySelector("h1").focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function showNothing() {
    for (const one of place.children) one.remove();
    const link = Object.assign(document.createElement("a"), {
      href: desk.dataset.queues,
      textContent: desk.dataset.back,
      className: "btn btn-primary",
    });
    const words = document.createElement("p");
    words.textContent = desk.dataset.none;
    const box = document.createElement("div");
    box.className = "panel";
    box.append(words, link);
    place.append(box);
    link.focus();
  }

  // On to the piece that waits; where it is not there yet, once it is.
  async function goOn() {
    if (ahead === null) await fetchAhead();
    const next = ahead;
    ahead = null;
    if (next) show(next);
    else showNothing();
  }

  function tell(html) {
    clearTimeout(undoing);
    told.innerHTML = html;
    undoing = setTimeout(() => told.replaceChildren(), UNDO);
  }

  function fault(piece, text) {
    const words = piece.querySelector("[data-fault]");
    if (!words) return;
    words.textContent = text;
    words.hidden = false;
  }

  // What was not saved is here again, and what was to come waits behind it.
  function bringBack(piece, later) {
    if (later && later !== piece) {
      ahead = later;
      later.hidden = later.inert = true;
    }
    show(piece);
    piece.querySelector("[role=alert]:not([hidden])")?.scrollIntoView({ block: "nearest" });
  }

  async function decide(piece, decision) {
    const form = piece.querySelector("form.decision");
    const button = form?.querySelector(`[name=decision][value=${decision}]`);
    if (!button || piece.dataset.sent) return;
    const reason = form.elements.reason, because = form.elements.because;
    const lacks = decision === "return" && !reason.value.trim()
      ? reason
      : decision === "accept" && because && !because.value.trim()
      ? because
      : null;
    if (lacks) {
      fault(piece, desk.dataset.why);
      return lacks.focus();
    }
    if (performance.now() - shownAt < GLANCE) return;
    piece.dataset.sent = decision;
    const data = new URLSearchParams(new FormData(form, button));
    been.push(piece.dataset.address);
    await goOn();
    const shown = current();
    const query = new URLSearchParams({ after: shown?.dataset.piece || piece.dataset.piece, past: held().join(",") });
    await send(piece, `${form.action}&${query}`, data, shown);
  }

  async function send(piece, address, data, shown) {
    try {
      const answer = await ask(address, { method: "POST", body: data });
      if (answer.status === 409 || answer.status === 422) return bringBack(made(await answer.text()), shown);
      if (!answer.ok) throw new Error(answer.status);
      const said = await answer.json();
      tell(said.told);
      bar.innerHTML = said.progress;
      if (shown && ahead === null && !asking && current() === shown) putAhead(said.next);
    } catch {
      delete piece.dataset.sent;
      fault(piece, desk.dataset.lost);
      bringBack(piece, shown);
    }
  }

  async function undo() {
    const form = told.querySelector("form");
    if (!form) return;
    const later = current(), data = new URLSearchParams(new FormData(form));
    told.replaceChildren();
    try {
      const answer = await ask(form.action, { method: "POST", body: data });
      if (![200, 409].includes(answer.status)) throw new Error(answer.status);
      const said = answer.ok ? await answer.json() : { piece: await answer.text() };
      if (answer.ok) {
        tell(said.told);
        bar.innerHTML = said.progress;
      }
      been.pop();
      ahead?.remove?.();
      ahead = null;
      bringBack(made(said.piece), later);
    } catch {
      if (later) fault(later, desk.dataset.lost);
    }
  }

  async function skip() {
    const here = current();
    if (!here) return;
    if (ahead === null) await fetchAhead();
    if (!ahead) return;
    been.push(here.dataset.address);
    const left = here.dataset.piece;
    await goOn();
    renew({ let_go: "1" }, [left]);
    fetchAhead();
  }

  async function goBack() {
    const address = been.pop();
    if (!address) return;
    const answer = await ask(address).catch(() => null);
    if (answer?.ok) bringBack(made(await answer.text()), current());
  }

  function renew(more = {}, pieces = held()) {
    if (document.hidden || !pieces.length) return;
    const data = new URLSearchParams(more);
    for (const pk of pieces) data.append("piece", pk);
    data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    ask(desk.dataset.renew, { method: "POST", body: data, headers: { "X-By-Itself": "1" } }).catch(() => {});
  }
  setInterval(renew, HELD);

  function choose(piece, number) {
    const button = piece.querySelectorAll("[data-reason]")[number - 1];
    if (!button) return;
    const reason = piece.querySelector("[name=reason]");
    const chosen = button.getAttribute("aria-pressed") !== "true";
    const text = filled(piece, button.dataset.reason);
    const parts = reason.value.trim();
    reason.value = chosen ? [parts, text].filter(Boolean).join(" ") : parts.replace(text, "").trim();
    button.setAttribute("aria-pressed", chosen);
  }
  // What of the checklist is missing, as it is ticked just now.
  function filled(piece, text) {
    const boxes = [...piece.querySelectorAll("[name=ticked]:not(:checked)")];
    return text.replace("{missing}", boxes.map((box) => box.parentElement.textContent.trim()).join(", "));
  }

  function openFold(piece, name, inside) {
    const fold = piece.querySelector(name);
    if (!fold) return;
    fold.open = true;
    fold.querySelector(inside).focus();
    fold.scrollIntoView({ block: "center" });
  }

  const keys = document.getElementById("keys"), off = document.getElementById("keys-off");
  off.checked = localStorage.getItem("review-keys") === "off";
  off.addEventListener("change", () => localStorage.setItem("review-keys", off.checked ? "off" : "on"));
  document.getElementById("show-keys").addEventListener("click", () => keys.showModal());

  // By the place of a key, not its sign: the keyboard may be set to Thai.
  const DEEDS = {
    KeyA: (piece) => decide(piece, "accept"),
    KeyR: (piece) => decide(piece, "return"),
    KeyE: (piece) => piece.querySelector("[name=reason]")?.focus(),
    KeyC: (piece) => piece.querySelector("[name=ticked]")?.focus(),
    KeyV: (piece) => openFold(piece, "[data-earlier]", "summary"),
    KeyD: (piece) => openFold(piece, "[data-doubt]", "textarea"),
    KeyU: undo,
    KeyN: skip,
    KeyP: goBack,
  };
  const LOOKS = {
    ...{ ArrowRight: "on", ArrowLeft: "back", BracketRight: "on", BracketLeft: "back", PageDown: "on", PageUp: "back" },
    ...{ Equal: "in", NumpadAdd: "in", Minus: "out", NumpadSubtract: "out", Digit0: "whole", Numpad0: "whole" },
    ...{ KeyT: "turn", KeyK: "play", Comma: "slower", Period: "faster", KeyO: "open" },
  };

  function press(event) {
    const piece = current(), { target } = event;
    const isWriting = target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
    if (event.code === "Escape" && isWriting) return target.blur();
    if (isWriting && event.code === "Enter" && event.ctrlKey && piece) return decide(piece, "return");
    if (isWriting || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "?" || event.code === "Slash" && event.shiftKey) return keys.showModal();
    if (off.checked || event.repeat && !LOOKS[event.code]) return;
    const number = /^(Digit|Numpad)([1-9])$/.exec(event.code);
    if (!piece && DEEDS[event.code]?.length) return;
    if (number && piece) choose(piece, Number(number[2]));
    else if (DEEDS[event.code] && !event.shiftKey) DEEDS[event.code](piece);
    else if (LOOKS[event.code] && !target.matches("video")) window.lookAt(viewer(), LOOKS[event.code]);
    else return;
    event.preventDefault();
  }
  document.addEventListener("keydown", press);

  document.addEventListener("click", function (event) {
    const pressed = event.target.closest("[name=decision], [data-skip], [data-reason], [data-undo] button");
    const piece = current();
    if (!pressed || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (pressed.matches("[data-undo] button")) undo();
    else if (pressed.name === "decision") decide(piece, pressed.value);
    else if (pressed.matches("[data-skip]")) skip();
    else choose(piece, 1 + [...piece.querySelectorAll("[data-reason]")].indexOf(pressed));
  });

  if (told.firstElementChild) undoing = setTimeout(() => told.replaceChildren(), UNDO);
  fetchAhead();
})();
