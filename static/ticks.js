// The reason for returning begins with what of the checklist is not ticked, at the press of a button. Without this the
// server offers the same.
"use strict";
(() => {
  const button = document.querySelector("[data-lacking]");
  if (!button) return;
  const boxes = [...document.querySelectorAll("[name=ticked]")], reason = document.getElementById("reason");
  const lacking = () => boxes.filter((box) => !box.checked).map((box) => box.dataset.words);

  const show = () => button.hidden = !lacking().length;

  button.addEventListener("click", () => {
    const told = button.dataset.lacking.replace("…", () => lacking().join(", "));
    reason.value = [told, reason.value.trim()].filter(Boolean).join(" ");
    reason.focus();
  });
  document.addEventListener("change", show);
  show();
})();
