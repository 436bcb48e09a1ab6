// A scoring sheet: the sum of the points as they are typed, a level that is pressed types its points, and the draft is
// saved by itself. Without this the sheet works as well.
"use strict";
(() => {
  const total = document.querySelector("[data-total]");
  if (!total) return;
  const fields = [...total.form.querySelectorAll(".mark-points input")];

  const read = (text) => text.trim().replace(/[๐-๙]/g, (digit) => digit.charCodeAt(0) - "๐".charCodeAt(0));

  // In whole numbers of the smallest decimal place: 0.1 and 0.2 are 0.3, as for the server.
  const sum = (numbers) => {
    const parts = numbers.map((number) => number.split("."));
    const places = Math.max(0, ...parts.map(([, decimals = ""]) => decimals.length));
    const all = parts.reduce(
      (before, [whole, decimals = ""]) => before + BigInt(whole + decimals.padEnd(places, "0")),
      0n,
    );
    const digits = all.toString().padStart(places + 1, "0");
    return places ? `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, "") : digits;
  };

  const add = () => {
    // What is no number is not counted; the server says so when the sheet is saved.
    total.value = sum(fields.map((field) => read(field.value)).filter((text) => /^\d+(\.\d+)?$/.test(text)));
  };

  const levels = [...total.form.querySelectorAll("[data-points]")];

  const mark = () => {
    for (const level of levels) {
      const given = read(document.getElementById(level.dataset.field).value);
      const isHere = /^\d+(\.\d+)?$/.test(given) && sum([given]) === sum([level.dataset.points]);
      level.classList.toggle("is-here", isHere);
      level.setAttribute("aria-pressed", String(isHere));
    }
  };

  // More than an item's points is said at once, beside it; what the server said of the line before is past then.
  const warn = ({ target }) => {
    const above = total.form.querySelector(`[data-above="${target.id}"]`);
    if (!above) return;
    const mark = above.closest(".mark");
    const isAbove = Number(read(target.value).replaceAll(",", "")) > Number(above.dataset.most);
    for (const fault of mark.querySelectorAll(":scope > .fault")) fault.hidden = fault !== above || !isAbove;
    mark.classList.toggle("has-fault", isAbove);
    target.setAttribute("aria-invalid", String(isAbove));
  };

  for (const level of levels) {
    level.addEventListener("click", () => {
      const field = document.getElementById(level.dataset.field);
      if (field.readOnly) return;
      field.value = level.dataset.points;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  total.form.addEventListener("input", add);
  total.form.addEventListener("input", mark);
  total.form.addEventListener("input", warn);
  add();
  mark();
  total.parentElement.hidden = false;
})();

// The draft is saved a while after the last key, and when the page is left. Once it was saved elsewhere this page
// stops: whoever presses the button sees both.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const PAUSE = 5000; // ms
  const said = form.querySelector("[data-saved]");
  const typed = () => {
    const data = new FormData(form);
    data.delete("confirmed");
    data.set("save", "1");
    return data;
  };
  const text = (data) => new URLSearchParams([...data].filter(([name]) => name !== "revision")).toString();
  let kept = text(typed());
  let timer = 0;
  let busy = null; // what is on its way
  let stopped = false;

  const send = async (data) => {
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(location.href, { method: "POST", headers, body: data, keepalive: true });
      const told = await answer.json();
      said.textContent = told.said;
      stopped = answer.status === 409;
      if (answer.ok) {
        kept = text(data);
        form.elements.revision.value = told.revision;
      }
    } catch {
      // Away for a moment: what was typed is on the page, and the next key tries again.
    }
    busy = null;
  };

  const save = () => {
    const data = typed();
    if (!stopped && !busy && text(data) !== kept) busy = send(data);
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy) {
      stopped = true;
      return;
    }
    // What is on its way moves the sheet on: the button counts from there.
    event.preventDefault();
    busy.then(() => form.requestSubmit(event.submitter));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
})();
