// Long texts of a form: fields that grow with them, and how many characters are left, shown when it begins to matter
// and read aloud only near the end. A form that was written into by a script says so with an event of its own.
(function () {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const { over, few } = form.dataset;

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
    const near = left < 0 ? over : left <= most / 20 ? few : "";
    if (near !== (shown.dataset.told || "") && near) {
      form.querySelector("[data-said]").textContent = `${Math.abs(left)} ${near}`;
    }
    shown.dataset.told = near;
  }

  function grow(area) {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 4}px`;
  }

  function measure({ target }) {
    const those = (selector) =>
      target === form ? form.querySelectorAll(selector) : [target].filter((field) => field.matches(selector));
    those("[data-most]").forEach(count);
    if (!CSS.supports("field-sizing", "content")) those("textarea").forEach(grow);
  }

  form.addEventListener("input", measure);
  measure({ target: form });
})();
