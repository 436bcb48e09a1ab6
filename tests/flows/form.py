"""A form of the scheme on its page: its fields, and what is said of its draft."""

SAVED = "บันทึกร่างแล้ว"


def field(page, code: str):
    return page.locator(f"[name='answer.{code}']")


def saved(page):
    return page.locator("[data-saved]")
