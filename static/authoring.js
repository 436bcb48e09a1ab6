// The text of a scheme: its lines numbered, and a fault's line found by a click. Without this the page works as well.
"use strict";
// Unfold's script looks beside every file field for a field of its own that shows the file's name, and throws where
// there is none, as here: the browser's own field shows it. This is the mark of fields that it has seen to.
for (const input of document.querySelectorAll("input[type=file]")) input.hasChangeListener = true;

(() => {
  const box = document.getElementById("id_text");
  if (!box) return;
  const frame = document.createElement("div");
  const numbers = document.createElement("div");
  frame.className = "script-frame";
  numbers.className = "script-numbers";
  numbers.setAttribute("aria-hidden", "true");
  box.before(frame);
  frame.append(numbers, box);

  const count = () => {
    const lines = box.value.split("\n").length;
    if (Number(numbers.dataset.lines) === lines) return;
    numbers.dataset.lines = lines;
    numbers.textContent = Array.from({ length: lines }, (_, n) => n + 1).join("\n") + "\n\n";
  };
  const follow = () => {
    numbers.scrollTop = box.scrollTop;
  };
  box.addEventListener("input", count);
  box.addEventListener("scroll", follow);
  count();

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    const line = Number(link.dataset.line);
    const before = box.value.split("\n").slice(0, line - 1);
    const start = before.reduce((sum, text) => sum + text.length + 1, 0);
    const end = box.value.indexOf("\n", start);
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "center" });
    box.setSelectionRange(start, end < 0 ? box.value.length : end);
    box.scrollTop = Math.max(0, line - 5) * parseFloat(getComputedStyle(box).lineHeight);
    box.scrollLeft = 0;
    follow();
  });
})();
