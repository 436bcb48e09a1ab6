// A contact sheet stays its reviewer's while it is open, and its button says what it will do.
"use strict";
(() => {
  const undo = document.querySelector("[data-undo]");
  if (undo) setTimeout(() => undo.remove(), 10000);
  const form = document.getElementById("sheet");
  if (!form) return;
  const words = form.querySelector("[data-some]"), { reader } = document.getElementById("reader").dataset;

  function count() {
    const bad = form.querySelectorAll("[name=bad]:checked").length;
    words.textContent = bad ? words.dataset.some.replace("…", bad) : words.dataset.none;
  }

  function renew() {
    if (document.hidden) return;
    const data = new URLSearchParams();
    for (const one of form.querySelectorAll("[data-piece]")) data.append("piece", one.dataset.piece);
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const headers = { "X-Reader": reader, "X-By-Itself": "1" };
    fetch(form.dataset.renew, { method: "POST", body: data, headers }).catch(() => {});
  }

  // Two at once: those that nobody has seen yet are drawn as they are asked for.
  const pictures = [...form.querySelectorAll("img[data-small]")];
  function drawNext() {
    const picture = pictures.shift();
    if (!picture) return;
    picture.addEventListener("load", drawNext, { once: true });
    picture.addEventListener("error", drawNext, { once: true });
    picture.src = picture.dataset.small;
  }

  form.addEventListener("change", count);
  setInterval(renew, 45000);
  drawNext();
  drawNext();
  count();
})();
