// A file that is chosen or dropped is known by its digests, worked out here; only they are asked about.
(function () {
  "use strict";
  const section = document.querySelector("[data-check]");
  if (!section || !window.crypto.subtle) return;
  const { letters, signedParts, joined, codeIn } = window.paperParts;
  const zone = section.querySelector("[data-needs-script]");
  const input = zone.querySelector("input");
  const verdict = section.querySelector("[data-verdict]");
  let asked = 0; // a file that was chosen later is the one whose answer counts

  async function sha256(bytes) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function query(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = letters(bytes);
    const parts = signedParts(text);
    return new URLSearchParams({
      whole: await sha256(bytes),
      signed: parts.length ? await sha256(joined(bytes, parts)) : "",
      code: codeIn(text),
    });
  }

  async function check(file) {
    const turn = ++asked;
    verdict.textContent = verdict.dataset.wait;
    let answer = null;
    try {
      const got = await fetch(`${section.dataset.check}?${await query(file)}`);
      if (got.ok) answer = await got.text();
    } catch {
      answer = null; // no network, or a file that went away
    }
    if (turn !== asked) return;
    if (answer === null) verdict.textContent = verdict.dataset.fault;
    else verdict.replaceChildren(...new DOMParser().parseFromString(answer, "text/html").body.childNodes);
  }

  zone.hidden = false;
  input.addEventListener("change", function () {
    if (input.files.length) check(input.files[0]);
  });
  document.addEventListener("dragover", function (event) {
    if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", function (event) {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    check(event.dataTransfer.files[0]);
  });
})();
