// Sizes and times as a page says them; the words for times come with the page.
(function () {
  "use strict";

  function fill(text, parts) {
    return text.replace(/\{(\w+)\}/g, (_all, name) => parts[name]);
  }

  function size(bytes) {
    const units = ["B", "KB", "MB", "GB"];
    let power = 0;
    for (; bytes >= 1024 && power < 3; power += 1) bytes /= 1024;
    return `${power ? bytes.toFixed(1) : bytes} ${units[power]}`;
  }

  function time(seconds, words) {
    if (seconds < 60) return words.seconds;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return fill(words.minutes, { count: minutes });
    return fill(words.hours, { count: Math.floor(minutes / 60), rest: minutes % 60 });
  }

  window.inWords = { fill, size, time };
})();
