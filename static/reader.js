// Whose page it is. Before a form is sent it is asked whether its reader is still logged in here: where nobody is, or
// another, or the line is gone, it stays as it is, and a dialog says so. Without this file every form is sent at once.
(function () {
  "use strict";
  const dialog = document.getElementById("reader");
  if (!dialog) return; // nobody is logged in
  const { reader, address } = dialog.dataset;
  const PATIENCE = 30000; // milliseconds; then it is as if the line were gone
  let pressed = null; // what was pressed last while it is asked
  let isUnsent = false; // something that was pressed stands nowhere else
  const AGAIN = 1000; // milliseconds after which a press is meant anew, and not the second half of a double one
  const sentAt = new WeakMap(); // when each form went on its way
  let known = null; // the form whose reader was asked after just now

  // The token, or why there is none: "nobody" is logged in here, or "another". Throws where the portal can't say it.
  async function ask() {
    const patience = AbortSignal.timeout ? { signal: AbortSignal.timeout(PATIENCE) } : {};
    const answer = await fetch(address, { headers: { Accept: "application/json" }, ...patience });
    if (!answer.ok) throw new Error(answer.status); // while its database is away it answers all the same
    const now = await answer.json();
    if (now.reader !== reader) return { fault: now.reader ? "another" : "nobody", token: "" };
    for (const own of document.querySelectorAll("[name=csrfmiddlewaretoken]")) own.value = now.token;
    for (const own of document.querySelectorAll("[data-token]")) own.dataset.token = now.token;
    return { fault: "", token: now.token };
  }

  // Where to log in, for a fault of the two
  window.doorFor = function (fault) {
    const door = dialog.querySelector(`a[data-case=${fault}]`)?.cloneNode(true);
    if (door) [door.hidden, door.className] = [false, ""];
    return door || "";
  };

  // Whoever logged in again has another token: this page's forms take it over, if it is the same person.
  window.renewToken = () => ask().catch(() => ({ fault: "away", token: "" }));

  function tell(fault) {
    for (const part of dialog.querySelectorAll("[data-case]")) part.hidden = part.dataset.case !== fault;
    dialog.setAttribute("aria-describedby", `reader-${fault}`);
  }

  // Whoever comes back from logging in, or to a line, need not close it.
  async function lookAgain() {
    if (!dialog.open) return;
    const { fault } = await window.renewToken();
    if (fault) tell(fault);
    else dialog.close();
  }
  addEventListener("focus", lookAgain);
  addEventListener("online", lookAgain);
  addEventListener("beforeunload", (event) => isUnsent && event.preventDefault());

  // What is sent by a script of its own asks for itself; a button that opens another tab takes nothing away here.
  function isGuarded(form, button) {
    const isElsewhere = form.target === "_blank" || button?.formTarget;
    return form.method === "post" && form.closest("main") && !form.hasAttribute("hx-post") && !isElsewhere;
  }

  function send({ form, button }) {
    known = form;
    isUnsent = false;
    try {
      form.requestSubmit(button);
    } finally {
      known = null;
    }
  }

  // Another script may have kept it back, to send it a moment later; and what was written since is meant.
  addEventListener("submit", (event) => event.defaultPrevented || sentAt.set(event.target, performance.now()));
  addEventListener("input", (event) => sentAt.delete(event.target.form));

  document.addEventListener("submit", async function (event) {
    const { target: form, submitter: button } = event;
    if (form === known || !isGuarded(form, button)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (performance.now() - sentAt.get(form) < AGAIN) return; // a second sending would cut off the first
    const isAsked = Boolean(pressed);
    pressed = { form, button };
    if (isAsked) return;
    document.documentElement.classList.add("is-asking");
    const { fault } = await window.renewToken();
    document.documentElement.classList.remove("is-asking");
    const last = pressed;
    pressed = null;
    if (!fault) return send(last);
    tell(fault);
    dialog.showModal();
    isUnsent = !last.form.matches("[data-draft]"); // that one saves itself, and asks for itself
  }, true);
})();
