// What was handed in, in one line under what is still on its way: how many files, and of each its receipt, in the order
// in which they were chosen. One button takes the line away; the evidence itself stands in its slot.
(function () {
  "use strict";
  const board = document.getElementById("uploads");
  if (!board) return;
  const line = board.querySelector("[data-sent]");
  const list = line.querySelector("ul");
  const { fill } = window.inWords;

  // row: of a file that is handed in; its element moves here.
  function add(row) {
    const { element } = row;
    const hadFocus = element.contains(document.activeElement);
    element.className = "upload-sent";
    for (const part of element.querySelectorAll("progress, .upload-deeds")) part.remove();
    const isLater = (other) => other.row.place > row.place;
    list.insertBefore(element, [...list.children].find(isLater) || null);
    const count = list.children.length;
    line.querySelector("[data-count]").textContent = fill(count === 1 ? line.dataset.one : line.dataset.many, {
      count,
    });
    line.hidden = false;
    if (hadFocus) document.getElementById("uploads-title").focus();
  }

  line.querySelector("button").addEventListener("click", function () {
    const slot = document.getElementById(list.lastElementChild.row.batch.anchor);
    list.replaceChildren();
    line.hidden = true;
    board.hidden = !board.querySelector("[data-list]").children.length;
    slot?.querySelector("summary").focus();
  });

  window.uploadSent = { add, isEmpty: () => line.hidden };
})();
