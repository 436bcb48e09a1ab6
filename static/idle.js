// Two minutes before a login ends because nobody works (cdd4/idle.py), says so and offers to go on. Work on any page
// counts for all of them. Without this file the login ends all the same, and nothing typed is lost.
(function () {
  "use strict";
  const dialog = document.getElementById("idle");
  if (!dialog) return; // this login has no such end
  const BEFORE = 120000; // milliseconds: time enough to read it and to answer
  const KEY = "cdd4-at-work";
  const most = Number(dialog.dataset.seconds) * 1000 - BEFORE;
  const { address } = document.getElementById("reader").dataset;

  function note() {
    try {
      localStorage.setItem(KEY, Date.now());
    } catch {
      // kept nowhere: other pages then ask for themselves
    }
    plan(most);
  }

  function plan(wait) {
    clearTimeout(plan.timer);
    plan.timer = setTimeout(look, Math.max(0, wait));
  }

  function look() {
    let last = 0;
    try {
      last = Number(localStorage.getItem(KEY)) || 0;
    } catch {
      // as above
    }
    const left = last + most - Date.now();
    if (left > 0) plan(left);
    else if (!dialog.open) dialog.showModal();
  }

  function goOn() {
    fetch(address, { headers: { Accept: "application/json", "X-At-Work": "1" } }).then(note, note);
  }

  dialog.addEventListener("close", goOn);
  addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    if (dialog.open) dialog.close();
    plan(most);
  });
  document.addEventListener("input", () => plan(most)); // reader.js tells the portal
  note();
})();
