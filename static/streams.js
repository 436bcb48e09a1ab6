// A page that shows scores is told when they move, and has itself shown anew. Where nobody tells it, it asks every
// 15 seconds; while it lies behind another page it does neither. Without this file it stands still.
(function () {
  "use strict";
  const ASK = 15000; // milliseconds between questions without a stream
  const LEAST = 1000; // until the next time it is shown anew
  const SHARE = 20; // the portal works for this page no more than this part of the time, however much moves
  const WRITING = 5000; // until it is looked again whether somebody still writes
  let stream = null;
  let failed = 0; // how often in a row there was no stream
  let timer; // of the next question
  let showing; // the timer of when it is shown anew
  let begunAt = 0; // when it was last asked for
  let restUntil = 0;

  const follower = () => document.querySelector("[data-follow]");
  const { reader } = document.getElementById("reader").dataset;

  function ask(later) {
    clearTimeout(timer);
    timer = setTimeout(askNow, later);
  }

  // What moved while nobody told it, and another ticket: the one it came with is good for some minutes only.
  async function askNow() {
    const page = follower();
    if (!page || document.hidden || stream) return;
    try {
      const answer = await fetch(page.dataset.follow, {
        headers: { Accept: "application/json", "X-By-Itself": "1", "X-Reader": reader },
      });
      const isOver = answer.status === 204 || answer.status === 404;
      if (isOver) return; // nothing moves any more
      if (answer.ok && !answer.redirected) {
        const { version, ticket } = await answer.json();
        page.dataset.ticket = ticket;
        moved(version);
        return open();
      }
    } catch {
      // no line, or no portal: it asks again
    }
    ask(ASK);
  }

  function open() {
    const { ticket } = follower()?.dataset || {};
    if (!ticket || document.hidden || stream) return ask(ASK);
    stream = new EventSource(`/streams/?ticket=${encodeURIComponent(ticket)}`);
    stream.addEventListener("open", () => (failed = 0));
    stream.addEventListener("moved", ({ data }) => moved(data));
    stream.addEventListener("error", lost);
  }

  // It ended, was refused, or broke off. All pages lose theirs at once when the server does: they spread.
  function lost() {
    close();
    ask(Math.min(ASK, 1000 * 2 ** failed++) * (0.5 + Math.random() / 2));
  }

  function close() {
    stream?.close();
    stream = null;
  }

  function moved(version) {
    const page = follower();
    if (!page || String(version) === page.dataset.version) return;
    page.dataset.version = version;
    show(Math.max(0, restUntil - Date.now()));
  }

  function show(later) {
    clearTimeout(showing);
    showing = setTimeout(() => {
      const page = follower();
      if (!page) return;
      if ("whole" in page.dataset && isWrittenOn()) return show(WRITING);
      begunAt = Date.now();
      htmx.trigger(page, "again");
    }, later);
  }

  function isWrittenOn() {
    const fields = document.querySelectorAll("#content :is(textarea, input:not([type=hidden]))");
    return [...fields].some((field) => field.value !== field.defaultValue);
  }

  document.addEventListener("htmx:afterRequest", function ({ detail }) {
    if (!detail.requestConfig.elt.matches("[data-follow]")) return;
    restUntil = Date.now() + Math.max(LEAST, SHARE * (Date.now() - begunAt));
  });

  document.addEventListener("visibilitychange", function () {
    close();
    clearTimeout(timer);
    if (!document.hidden) askNow();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", ({ persisted }) => persisted && askNow());
  open();
})();
