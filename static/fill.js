// A form that saves itself as a draft: a few seconds after a change, when a field is left, and when the page goes away.
// Where the line is gone, what was typed waits on this device. Without this file the form has a button that saves.
(function () {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const words = form.dataset;
  const AFTER = 2000; // milliseconds from the first change
  const AGAIN = 6000; // until the next try when the portal did not answer
  const kept = `draft:${words.owner}:${new URL(form.action).pathname}${new URL(form.action).search}`;
  const revision = form.elements.namedItem("revision");
  const saved = part("saved");
  let timer = 0;
  let under = null; // the request under way
  let dirty = false;
  let stopped = "conflict" in words;
  let handing = false;

  function part(name) {
    return form.querySelector(`[data-${name}]`);
  }

  function say(text, aloud) {
    if (saved.textContent !== text) saved.textContent = text;
    if (aloud && part("said").textContent !== text) part("said").textContent = text;
  }

  function fields() {
    return [...new FormData(form)].filter(([name]) => name.startsWith("answer."));
  }

  function keep() {
    try {
      localStorage.setItem(kept, JSON.stringify({ revision: revision.value, fields: fields(), handing }));
    } catch (full) { /* no room, or forbidden here */ }
  }

  function forget() {
    try {
      localStorage.removeItem(kept);
    } catch (forbidden) { /* nothing was kept either */ }
  }

  function soon(after) {
    if (!timer && !stopped && !handing) timer = setTimeout(save, after);
  }

  function save(leaving) {
    clearTimeout(timer);
    timer = 0;
    if (!dirty || stopped || handing) return under;
    if (under) return under.finally(() => soon(0));
    dirty = false;
    if (!leaving) say(words.saving);
    const asked = new URLSearchParams(new FormData(form));
    const options = { method: "POST", body: asked, headers: { Accept: "application/json" } };
    if (leaving && String(asked).length < 60000) options.keepalive = true;
    under = fetch(form.action, options).then(answered, lost).finally(() => { under = null; });
    return under;
  }

  async function answered(response) {
    if (response.status === 409) {
      stopped = true;
      keep();
      say(words.unsaved, true);
      part("clash").hidden = false;
      part("clash").scrollIntoView({ block: "nearest" });
      return;
    }
    const said = response.redirected ? {} : await response.json().catch(() => ({}));
    if (response.redirected || !response.ok) {
      dirty = true;
      keep();
      say(response.redirected ? words.login : Object.values(said.reasons || {}).flat().join(" ") || words.refused, true);
      if (response.redirected || response.status >= 500) soon(5 * AGAIN);
      return;
    }
    revision.value = said.revision;
    forget();
    if (!dirty) say(said.said, !part("said").textContent);
    part("progress-words").textContent = part("progress-words").dataset.pattern
      .replace("{answered}", said.progress[0]).replace("{required}", said.progress[1]);
    form.querySelector("progress").value = said.progress[0];
  }

  function lost() {
    dirty = true;
    keep();
    say(words.offline, true);
    soon(AGAIN);
  }

  function changed() {
    dirty = true;
    if (!stopped) say(words.unsaved);
    soon(AFTER);
  }

  form.addEventListener("input", changed);
  form.addEventListener("focusout", function (event) {
    if (!(event.relatedTarget instanceof HTMLButtonElement)) save();
  });
  window.addEventListener("online", () => save());
  window.addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => document.hidden && save(true));

  // What is on its way arrives first: it moves the revision that is sent along.
  form.addEventListener("submit", function (event) {
    const button = event.submitter;
    if (under) {
      event.preventDefault();
      under.finally(() => form.requestSubmit(button));
      return;
    }
    handing = true;
    clearTimeout(timer);
    keep();
    if (button) setTimeout(() => { button.disabled = true; });
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) location.reload();
  });

  // What was kept here and never arrived
  function fill(list) {
    for (const input of form.elements) {
      if (!input.name.startsWith("answer.")) continue;
      const own = list.filter(([name]) => name === input.name).map(([, text]) => text);
      if (input.type === "radio" || input.type === "checkbox") input.checked = own.includes(input.value);
      else input.value = own[0] || "";
    }
    form.querySelectorAll("[data-most]").forEach(count);
    changed();
  }

  function recall() {
    let found = null;
    try {
      found = JSON.parse(localStorage.getItem(kept));
    } catch (broken) { /* as if nothing was kept */ }
    if (!found || stopped) return;
    const same = JSON.stringify(found.fields.filter(([, text]) => text)) === JSON.stringify(fields().filter(([, text]) => text));
    if (same || document.getElementById("faults")) return forget();
    if (found.revision === revision.value) return fill(found.fields);
    if (found.handing) return forget(); // it arrived, and moved the revision
    part("kept").hidden = false;
    part("take").addEventListener("click", () => { part("kept").hidden = true; fill(found.fields); });
    part("drop").addEventListener("click", () => { part("kept").hidden = true; forget(); });
  }

  // Characters: shown when they begin to matter, and read aloud only near the end
  function count(input) {
    const most = Number(input.dataset.most);
    const left = most - [...input.value].length;
    let shown = input.parentElement.querySelector(".fill-count");
    if (!shown) {
      shown = document.createElement("span");
      shown.className = "fill-count";
      shown.setAttribute("aria-hidden", "true");
      input.after(shown);
    }
    shown.textContent = left > most / 2 ? "" : `${(most - left).toLocaleString("en")} / ${most.toLocaleString("en")}`;
    shown.classList.toggle("over", left < 0);
    const near = left < 0 ? words.over : left <= most / 20 ? words.few : "";
    if (near !== (shown.dataset.told || "") && near) part("said").textContent = `${Math.abs(left)} ${near}`;
    shown.dataset.told = near;
  }

  form.addEventListener("input", (event) => "most" in event.target.dataset && count(event.target));
  form.querySelectorAll("[data-most]").forEach(count);
  if (!CSS.supports("field-sizing", "content")) {
    const grow = (area) => { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 4}px`; };
    form.addEventListener("input", (event) => event.target.tagName === "TEXTAREA" && grow(event.target));
    form.querySelectorAll("textarea").forEach(grow);
  }
  recall();
  const faults = document.getElementById("faults");
  if (faults) faults.focus();
})();
