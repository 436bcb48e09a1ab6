"""Of Bootstrap's styles pages get the part in use: each class that is named somewhere is in it, little else."""

import re

from tests.scripts import script

bootstrap = script("bootstrap")
WHOLE, USED = (path.read_text(encoding="utf-8") for path in (bootstrap.WHOLE, bootstrap.TARGET))


def variables(text: str) -> set[str]:
    return set(re.findall(r"(--bs-[\w-]+):", text))


def test_what_pages_need_of_it_is_there():
    needed = bootstrap.cut(WHOLE, bootstrap.words())
    assert bootstrap.selectors(needed) - bootstrap.selectors(USED) == set(), "run `make bootstrap`"
    assert variables(needed) - variables(USED) == set(), "run `make bootstrap`"


def test_a_class_that_comes_into_use_brings_its_rules():
    assert ".text-bg-warning" not in bootstrap.selectors(bootstrap.cut(WHOLE, {"btn"}))
    more = bootstrap.cut(WHOLE, {"btn", "text-bg-warning", "d-lg-none"})
    assert {".text-bg-warning", ".d-lg-none", ".btn", "body"} <= bootstrap.selectors(more)
    assert "--bs-warning-rgb" in variables(more)
    assert ".btn-group>.btn" not in bootstrap.selectors(more)


def test_the_part_is_a_fifth_of_the_whole_at_most():
    assert len(USED) < len(WHOLE) / 5
