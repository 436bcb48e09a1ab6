// Files dropped on a slot are put into its form: its note and channels may be filled in before they are sent.
(function () {
  "use strict";
  if (!document.getElementById("uploads")) return;

  // Where new evidence is handed in for the slot under the files; its form may have to be fetched yet.
  function target(event) {
    const slot = event.target.closest && event.target.closest(".slot");
    return [...event.dataTransfer.types].includes("Files") && slot && slot.querySelector(".hand-in");
  }
  document.addEventListener("dragover", function (event) {
    const place = target(event);
    for (const marked of document.querySelectorAll(".slot-drop")) marked.classList.remove("slot-drop");
    if (!place) return;
    event.preventDefault();
    place.closest(".slot").classList.add("slot-drop");
  });
  document.addEventListener("dragleave", function (event) {
    if (!event.relatedTarget) {
      for (const marked of document.querySelectorAll(".slot-drop")) marked.classList.remove("slot-drop");
    }
  });
  function put(files, place) {
    const input = place.querySelector("form[data-upload] input[type=file]");
    if (!input) return false;
    input.files = files;
    input.focus();
    return true;
  }
  document.addEventListener("drop", function (event) {
    const place = target(event);
    if (!place) return;
    event.preventDefault();
    place.closest(".slot").classList.remove("slot-drop");
    for (let fold = place; fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const { files } = event.dataTransfer;
    if (!put(files, place)) place.addEventListener("htmx:afterSettle", () => put(files, place), { once: true });
  });
})();
