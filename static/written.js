// Where a page shows a place anew, what somebody has written there and not sent, or wrote on since, goes over to the
// new one, with the cursor. Without this file a place that is shown anew is empty again.
(function () {
  "use strict";
  const { fieldless } = document.getElementById("portal-words").dataset;
  const FILES = "input[id][type=file]";
  const BOXES = "input[id]:is([type=checkbox], [type=radio])";
  const FIELDS = `textarea[id], input[id]:is([type=text], [type=url], [type=number]), ${BOXES}, ${FILES}`;
  const sent = new WeakMap(); // what a form that is on its way says
  let written = new Map(); // by the names of the fields
  let bases = new Map(); // what the page showed in them, as their form sends it along
  let copies = []; // texts whose fields are gone
  let place = ""; // the name of what is shown anew
  let cursor = null; // where somebody writes

  function fieldsIn(around) {
    return [...around.querySelectorAll(FIELDS)];
  }
  function contentOf(field) {
    if (field.matches(FILES)) return field.files.length ? field.files : "";
    return field.matches(BOXES) ? field.checked : field.value;
  }
  function contentAtFirst(field) {
    if (field.matches(FILES)) return "";
    const isRefused = field.form && "refused" in field.form.dataset; // nobody has what it shows
    if (isRefused) return field.matches(BOXES) ? false : "";
    return field.matches(BOXES) ? field.defaultChecked : field.defaultValue;
  }
  function all(fields) {
    return new Map(fields.map((field) => [field.id, contentOf(field)]));
  }
  function isWritten(field) {
    return contentOf(field) !== (sent.get(field.form)?.get(field.id) ?? contentAtFirst(field));
  }

  // What is written is held against what stood there when it was written, not against what came since. What was sent
  // with other words is in the portal by now, or was told as a conflict.
  function baseOf(field) {
    const sentThere = sent.get(field.form)?.get(field.id);
    return (sentThere ?? contentAtFirst(field)) === contentAtFirst(field) &&
      field.form?.elements.namedItem(`shown.${field.name}`);
  }

  document.body.addEventListener("htmx:beforeRequest", function (event) {
    if (event.target.matches("form")) sent.set(event.target, all(fieldsIn(event.target)));
  });
  document.body.addEventListener("htmx:afterRequest", (event) => sent.delete(event.detail.elt));

  document.body.addEventListener("htmx:beforeSwap", function (event) {
    const { shouldSwap, target } = event.detail;
    if (!shouldSwap) return;
    place = target.id;
    const fields = fieldsIn(target).filter(isWritten);
    written = all(fields);
    bases = new Map(fields.map(baseOf).filter(Boolean).map((base) => [base.id, base.value]));
    copies = [...target.querySelectorAll(".fieldless textarea")].map((text) => text.value);
    const { id, selectionStart: at } = document.activeElement;
    cursor = written.has(id) ? { id, at } : null;
    // An open talk stays itself only for the sake of its words: anew it tells more.
    for (const talk of target.querySelectorAll("[hx-preserve]")) if (!fieldsIn(talk).some(contentOf)) talk.id = "";
  });

  function fill(field, words) {
    field[field.matches(BOXES) ? "checked" : field.matches(FILES) ? "files" : "value"] = words;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (field.id !== cursor?.id) return;
    field.focus({ preventScroll: true });
    if (cursor.at !== null) field.setSelectionRange(cursor.at, cursor.at);
  }

  // What was replaced meanwhile, or is closed by now, has no field any more.
  function hand(texts) {
    const notice = document.createElement("label");
    const text = document.createElement("textarea");
    notice.className = "notice notice-warning fieldless";
    [text.value, text.readOnly, text.className] = [texts.join("\n"), true, "form-control"];
    notice.append(fieldless, text);
    (document.getElementById(place) || document.getElementById("messages")).prepend(notice);
  }

  document.body.addEventListener("htmx:afterSwap", function () {
    for (const [id, words] of written) {
      const field = document.getElementById(id);
      if (field) fill(field, words);
      else if (words && typeof words === "string") copies.push(words);
    }
    for (const [id, value] of bases) document.getElementById(id)?.setAttribute("value", value);
    if (copies.length) hand(copies);
    [written, bases, copies] = [new Map(), new Map(), []];
  });
})();
