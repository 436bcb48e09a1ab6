// Words that stand beside a field of a form, a colleague's or one's own that waited on this device: they can be added
// to what stands in it. Without this file they are there to be read.
(function () {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;

  function showButtons(around) {
    for (const button of around.querySelectorAll("[data-add]")) button.hidden = false;
  }

  // They go behind what stands there, so that nobody's words are lost by it.
  form.addEventListener("click", function (event) {
    const button = event.target.closest("[data-add]");
    if (!button) return;
    const { add: name, text } = button.dataset;
    const field = form.elements.namedItem(name);
    field.value = [field.value.trimEnd(), text].filter(Boolean).join(field.tagName === "TEXTAREA" ? "\n" : " ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    button.hidden = true;
    button.dispatchEvent(new CustomEvent("added", { bubbles: true, detail: { name, text } }));
  });

  // Where somebody writes into what a colleague wrote, that stays in sight below it.
  form.addEventListener("input", function () {
    for (const note of form.querySelectorAll(".fill-taken")) {
      const isTouched = [...form.elements].some((field) =>
        field.name === note.dataset.of && window.draft?.isTouched(field)
      );
      if (!isTouched) continue;
      const { content } = note.querySelector("template");
      showButtons(content);
      note.replaceWith(content);
    }
  });

  showButtons(form);
})();
