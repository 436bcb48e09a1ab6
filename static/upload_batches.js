// Files that were sent together by one form. When all of them have ended, their slot is shown anew: without the files'
// words, but for those of a file that was refused. Where somebody writes in it, or it sends, the slot is left alone.
(function () {
  "use strict";
  const words = document.getElementById("uploads")?.dataset;

  // What the form says of its files; by it a form that was changed since is known.
  function aboutOf(form) {
    const data = new FormData(form);
    return {
      requirement: data.get("requirement"),
      period: data.get("period"),
      revision: data.get("revision") || "",
      note: data.get("note") || "",
      channels: data.getAll("channels").sort().join(" "),
      replaces: form.dataset.replaces || "",
    };
  }

  // What was wrong with the files before is not wrong with these.
  function forgetFaults(form) {
    for (const told of form.querySelectorAll(".notice-error, .field-error:not([data-fault])")) told.remove();
    for (const input of form.querySelectorAll(".is-invalid")) {
      input.classList.remove("is-invalid");
      input.removeAttribute("aria-invalid");
    }
  }

  // Once a file is chosen, or a link typed, nobody is asked for one any more. What else was wrong stays.
  function forgetMissing(form) {
    for (const input of form.querySelectorAll("[type=file]:not([capture]), [name=url]")) {
      input.classList.remove("is-invalid");
      input.removeAttribute("aria-invalid");
      document.getElementById(`${input.id}_error`)?.remove();
      form.querySelector(`.notice-error [href="#${input.id}"]`)?.closest("li").remove();
    }
    for (const told of form.querySelectorAll(":scope > .field-error:not([data-fault])")) told.remove();
    const all = form.querySelector(".notice-error");
    if (all && !all.querySelector("li")) all.remove();
  }

  document.addEventListener("change", function ({ target }) {
    if (target.matches("form[data-upload] :is([type=file], [name=url])") && target.value) forgetMissing(target.form);
  });

  function empty(form) {
    delete form.dataset.refused;
    for (const field of form.elements) delete field.dataset.kept;
    form.elements.note.value = form.elements.note.defaultValue;
    for (const box of form.querySelectorAll("[name=channels]")) box.checked = box.defaultChecked;
  }

  class Batch {
    constructor(anchor, about, form) {
      Object.assign(this, { anchor, about, form, left: new Set(), done: false, refused: false });
    }

    ended(row) {
      this.left.delete(row);
      if (row.state === "done") this.done = true;
      if (row.state === "refused") this.refused = true;
      if (!this.left.size && this.done) this.refresh();
    }

    async refresh() {
      const slot = document.getElementById(this.anchor);
      if (!slot || this.isWrittenOn(slot)) return;
      // The answer to it shows the slot anew, unless none comes.
      const isSending = slot.querySelector("form:is(.htmx-request, [data-renewing])");
      if (isSending) {
        isSending.addEventListener("htmx:afterRequest", () => setTimeout(() => this.refresh()), { once: true });
        return;
      }
      if (this.form) empty(this.form); // what it says went with its files
      const { requirement, period } = this.about;
      const query = new URLSearchParams({ requirement, period, criterion: words.criterion });
      await htmx.ajax("GET", `${words.slot}?${query}`, { target: `#${this.anchor}`, swap: "outerHTML" });
      const fold = document.querySelector(`#${this.anchor} > details`);
      if (fold) fold.open = true;
      if (this.refused) this.bringBack(document.querySelector(`#${this.anchor} .hand-in form`));
    }

    isWrittenOn(slot) {
      const isChanged = this.form?.isConnected && JSON.stringify(aboutOf(this.form)) !== JSON.stringify(this.about);
      return isChanged || [...slot.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    }

    // What was typed for the file that was not taken
    bringBack(form) {
      if (!form) return;
      form.closest("details").open = true;
      form.elements.note.value ||= this.about.note;
      const channels = this.about.channels.split(" ");
      for (const box of form.querySelectorAll("[name=channels]")) box.checked = channels.includes(box.value);
    }
  }

  window.uploadBatches = { Batch, aboutOf, forgetFaults };
})();
