// The sum of the points on a scoring sheet as they are typed. Without this the sheet works as well.
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

  total.form.addEventListener("input", add);
  add();
  total.parentElement.hidden = false;
})();
