// Whose page it is. Before a form is sent it is asked whether its reader is still logged in here: where nobody is, or
// another, or the line is gone, it stays as it is, and a dialog says so. Without this file every form is sent at once.
(function () {
  "use strict";
  const dialog = document.getElementById("reader");
  if (!dialog) return; // nobody is logged in
  const { reader, address } = dialog.dataset;
  const PATIENCE = 30000; // milliseconds; then it is as if the line were gone
  let asking = false;
  let known = null; // the form whose reader was asked after just now

  async function ask() {
    const patience = AbortSignal.timeout ? { signal: AbortSignal.timeout(PATIENCE) } : {};
    const answer = await fetch(address, { headers: { Accept: "application/json" }, ...patience });
    const now = await answer.json();
    if (now.reader !== reader) return { fault: now.reader ? "another" : "nobody", token: "" };
    for (const own of document.querySelectorAll("[name=csrfmiddlewaretoken]")) own.value = now.token;
    for (const own of document.querySelectorAll("[data-token]")) own.dataset.token = now.token;
    return { fault: "", token: now.token };
  }

  // Whoever logged in again has another token: this page's forms take it over, if it is the same person.
  window.renewToken = () => ask().then((now) => now.token);

  function say(fault) {
    for (const words of dialog.querySelectorAll("[data-case]")) words.hidden = words.dataset.case !== fault;
    dialog.querySelector("[data-door]").hidden = fault === "away";
    dialog.showModal();
  }

  // What is sent by a script of its own asks for itself; a button that opens another tab takes nothing away here.
  function isGuarded(form, button) {
    const isElsewhere = form.target === "_blank" || button?.formTarget;
    return form.method === "post" && form.closest("main") && !form.hasAttribute("hx-post") && !isElsewhere;
  }

  document.addEventListener("submit", async function (event) {
    const { target: form, submitter: button } = event;
    if (form === known || !isGuarded(form, button)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking) return;
    asking = true;
    form.setAttribute("aria-busy", "true");
    const { fault } = await ask().catch(() => ({ fault: "away" }));
    form.removeAttribute("aria-busy");
    asking = false;
    if (fault) return say(fault);
    known = form;
    form.requestSubmit(button);
    known = null;
  }, true);
})();
