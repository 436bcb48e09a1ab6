"""How a form is written into, and what became of it."""

from submissions import intake
from submissions.models import Answers

from ..form import field

MONTH = "2023-07"
# No draft arrives any more; what the browser itself sends does.
NO_LINE = """() => {
    const send = window.fetch;
    window.fetch = (address, asked) => asked?.method ? Promise.reject(new TypeError("no line")) : send(address, asked);
}"""
# What is sent arrives, its answer does not.
NO_ANSWER = """() => {
    const send = window.fetch;
    window.fetch = async (address, asked) => {
        const answer = await send(address, asked);
        if (asked?.method) throw new TypeError("cut");
        return answer;
    };
}"""
KEPT_HERE = "เก็บไว้ในเครื่องนี้ก่อน"
FULL = "() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }"


def write(page, **words: str) -> None:
    """Type, and leave the place."""
    for name, text in words.items():
        field(page, name).fill(text)
        field(page, name).blur()


def answered(**words: str) -> bool:
    data = Answers.objects.get().data
    return all(data.get(name) == text for name, text in words.items())


def save_as(colleague, krabi, **words: str) -> None:
    revision = Answers.objects.get().revision
    intake.save_answers(krabi, "monthly-report", words, by=colleague, period=MONTH, revision=revision, page="f" * 32)


def waiting(page) -> str:
    """What waits on this device, of all pages."""
    return page.evaluate("Object.values(localStorage).join()")


def rewrite(page, script: str) -> None:
    """Change each `text` that waits on this device, as an older version or another form would have kept it."""
    page.evaluate(
        """(script) => {
            for (const key of Object.keys(localStorage).filter((one) => one.startsWith("draft:"))) {
                const text = JSON.parse(localStorage.getItem(key));
                new Function("text", script)(text);
                localStorage.setItem(key, JSON.stringify(text));
            }
        }""",
        script,
    )
