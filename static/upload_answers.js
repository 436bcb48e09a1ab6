// What the portal's answer means for a file on its way: whether it is sent again without asking anybody, and if not,
// what is to be done. It knows no page and no line; tests/static/ tries it by itself.
(function () {
  "use strict";
  const NONE = 0; // the line is gone
  const [LOGGED_OUT, FORBIDDEN, GONE] = [401, 403, 404];
  const [SLOW, AHEAD, LOCKED] = [408, 409, 423]; // these pass: ahead is a portal that has more of it than was thought
  const [TOO_MANY, FULL] = [429, 507];
  const WORDS = { [LOGGED_OUT]: "login", [FORBIDDEN]: "login", [GONE]: "gone" };

  // The portal says in JSON why it refuses. What stands between (a proxy, a gateway) answers with a page.
  function isOwn(body) {
    return body.startsWith("{");
  }

  function contentOf(body) {
    try {
      return JSON.parse(body) || {};
    } catch {
      return {};
    }
  }

  // Whether it is sent again by itself, later and later: always, but where the portal itself refuses.
  function isTriedAgain(status, body) {
    if (status === TOO_MANY) return !isOwn(body);
    return [NONE, SLOW, AHEAD, LOCKED].includes(status) || (status >= 500 && status !== FULL);
  }

  // Whether its reader is told of such a new try: not where nothing was lost.
  function isLineLost(status) {
    return status !== AHEAD;
  }

  // What comes of a file that is not tried again by itself. `next` is one of:
  //   refused   the portal does not want it, and says in `content` why
  //   renew     perhaps only the token is another one by now: with a new one it goes on
  //   stopped   somebody presses Resume, later or once something was done about it; told in `words`, or by `reasons`
  // isGone: the portal knows nothing of it any more, so it begins anew. isShut: the portal doesn't let its sender in.
  function afterRefusal(status, body, wasShut) {
    const content = contentOf(body);
    const isGone = status === GONE;
    const isShut = [LOGGED_OUT, FORBIDDEN].includes(status);
    const mayPass = isShut || [TOO_MANY, FULL].includes(status);
    if (content.reasons && !mayPass) return { next: "refused", content, isGone, isShut: wasShut };
    if (status === FORBIDDEN && !wasShut) return { next: "renew", isGone, isShut };
    const words = WORDS[status] || (content.reasons ? "" : "broken");
    return { next: "stopped", words, reasons: content.reasons || [], isGone, isShut };
  }

  globalThis.uploadAnswers = { isTriedAgain, isLineLost, afterRefusal };
})();
