// Files dropped on a slot are put into its form: its note and channels may be filled in before they are sent.
(function () {
  "use strict";
  if (!document.getElementById("uploads")) return;

  function target(event) {
    const slot = event.target.closest && event.target.closest(".slot");
    return [...event.dataTransfer.types].includes("Files") && slot && slot.querySelector(".hand-in form[data-upload]");
  }
  document.addEventListener("dragover", function (event) {
    const form = target(event);
    for (const marked of document.querySelectorAll(".slot-drop")) marked.classList.remove("slot-drop");
    if (!form) return;
    event.preventDefault();
    form.closest(".slot").classList.add("slot-drop");
  });
  document.addEventListener("dragleave", function (event) {
    if (!event.relatedTarget) {
      for (const marked of document.querySelectorAll(".slot-drop")) marked.classList.remove("slot-drop");
    }
  });
  document.addEventListener("drop", function (event) {
    const form = target(event);
    if (!form) return;
    event.preventDefault();
    form.closest(".slot").classList.remove("slot-drop");
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const input = form.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.focus();
  });
})();
