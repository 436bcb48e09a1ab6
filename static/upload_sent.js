// What was handed in, counted in one line under what is still on its way. A file keeps its row, with its receipt, while
// its slot does not show it yet, or when something else is to be said of it; rows lie in the order chosen.
(function () {
  "use strict";
  const board = document.getElementById("uploads");
  if (!board) return;
  const line = board.querySelector("[data-sent]");
  const list = line.querySelector("ul");
  const { fill } = window.inWords;
  let count = 0;
  let last = null;

  // row: of a file that is handed in; its element moves here.
  function add(row) {
    const { element } = row;
    const hadFocus = element.contains(document.activeElement);
    element.className = "upload-sent";
    for (const part of element.querySelectorAll("progress, .upload-deeds")) part.remove();
    const isLater = (other) => other.row.place > row.place;
    list.insertBefore(element, [...list.children].find(isLater) || null);
    count += 1;
    last = row;
    line.querySelector("[data-count]").textContent = fill(count === 1 ? line.dataset.one : line.dataset.many, {
      count,
    });
    line.hidden = false;
    if (hadFocus) document.getElementById("uploads-title").focus();
    shown();
  }

  // What its slot shows, with the same receipt, is not said twice.
  function shown() {
    const receipts = new Set(Array.from(document.querySelectorAll(".paper-facts a"), (link) => link.href));
    for (const element of [...list.children]) {
      const isThere = receipts.has(element.querySelector("[data-state] a").href);
      if (isThere && !element.row.isRepeated) element.remove();
    }
  }
  document.addEventListener("htmx:afterSettle", shown);

  line.querySelector("button").addEventListener("click", function () {
    const slot = document.getElementById(last.batch.anchor);
    list.replaceChildren();
    count = 0;
    line.hidden = true;
    board.hidden = !board.querySelector("[data-list]").children.length;
    slot?.querySelector("summary").focus();
  });

  window.uploadSent = { add, isEmpty: () => line.hidden };
})();
