// Two minutes before a login ends because nobody works (cdd4/idle.py), asks whether to go on, and says when it has
// ended. Work on any page counts for all of them. Without this file it ends all the same, and nothing typed is lost.
(function () {
  "use strict";
  const dialog = document.getElementById("idle");
  if (!dialog) return; // this login has no such end
  const MINUTE = 60000; // milliseconds
  const KEY = "cdd4-at-work";
  const END = Number(dialog.dataset.seconds) * 1000;
  // Time enough to read it and to answer; and the portal, which notes once a minute, may know of earlier work only.
  const SOON = END - 2 * MINUTE - MINUTE;
  const OFTEN = 2 * MINUTE; // whoever writes says so no more often
  const { reader, address } = document.getElementById("reader").dataset;
  let own = 0; // when this page let the portal know last that somebody works
  let triedAt = 0; // when it last tried to
  let timer;

  function last() {
    try {
      return Math.max(own, Number(localStorage.getItem(KEY)));
    } catch {
      return own; // kept nowhere: each page knows of itself alone
    }
  }

  function note(at) {
    own = at;
    try {
      localStorage.setItem(KEY, at);
    } catch {
      // as above
    }
    plan(last() + SOON - Date.now());
  }

  function plan(wait) {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(0, wait));
  }

  async function look() {
    const idle = Date.now() - last();
    if (idle < SOON) return plan(SOON - idle);
    if (idle < END) {
      show("soon");
      return plan(END - idle);
    }
    try {
      if (await isLoggedIn({})) plan(MINUTE); // something else than a page let the portal know
      else show("over");
    } catch {
      plan(MINUTE / 4); // nobody knows before the portal answers
    }
  }

  function show(now) {
    dialog.dataset.now = now;
    for (const part of dialog.querySelectorAll("[data-case]")) part.hidden = part.dataset.case !== now;
    if (!dialog.open) dialog.showModal();
  }

  // Throws where the portal can't say it: while its database is away it answers all the same.
  async function isLoggedIn(headers) {
    const answer = await fetch(address, { headers: { Accept: "application/json", ...headers } });
    if (!answer.ok) throw new Error(answer.status);
    return (await answer.json()).reader === reader;
  }

  // Only what reached the portal counts.
  async function tell() {
    triedAt = Date.now();
    try {
      if (await isLoggedIn({ "X-At-Work": "1" })) note(triedAt);
      else show("over");
    } catch {
      plan(MINUTE / 4);
    }
  }

  dialog.addEventListener("close", () => dialog.dataset.now === "soon" && tell());
  addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    dialog.dataset.now = "";
    dialog.close();
    plan(last() + SOON - Date.now());
  });
  document.addEventListener("input", () => Date.now() - Math.max(last(), triedAt) >= OFTEN && tell());
  note(Date.now() - performance.now()); // when this page was asked for
})();
