// A scoring sheet: the sum of the points as they are typed, and a level that is pressed types its points. Without this
// the sheet works as well.
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

  for (const level of levels) {
    level.addEventListener("click", () => {
      const field = document.getElementById(level.dataset.field);
      field.value = level.dataset.points;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  total.form.addEventListener("input", add);
  total.form.addEventListener("input", mark);
  add();
  mark();
  total.parentElement.hidden = false;
})();
