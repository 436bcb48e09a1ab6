"""Starts private servers, fills them with the demo, measures; a table and JSON. Exit status 1: a goal was missed.

`--large`: with rounds of the size of the country instead. `--upload`: a large file over a bad line instead.
`--review`: a reviewer's desk, in a browser, instead. `--ledger`: the sealed log instead. `--papers`: publishing with
all papers signed instead. `--public`: what is read without a log-in instead. `--streams`: open pages instead.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterable
from importlib import import_module

# {what is asked for: what measures it}; imported once there are servers and settings.
BESIDE = {
    "--large": "benchmarks.large:Large",
    "--upload": "benchmarks.uploads:Uploads",
    "--review": "benchmarks.review:Reviewing",
    "--ledger": "benchmarks.ledger:Sealing",
    "--papers": "benchmarks.papers:Papers",
    "--public": "benchmarks.public:Reading",
    "--streams": "benchmarks.streams:Open",
}


def main(asked: list[str]) -> int:
    from benchmarks.servers import DurablePostgreSQL, Redis, ScoringWorker, Web

    with tempfile.TemporaryDirectory(prefix="cdd4-bench-") as folder, Redis() as redis:
        database = DurablePostgreSQL()
        try:
            environment = {
                "CDD4_ENV": "test",
                "CDD4_DATA_DIR": folder,
                "CDD4_DATABASE_URL": database.start().url,
                "CDD4_REDIS_URL": redis.url,
                "CDD4_LOG_LEVEL": "ERROR",
                "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            }
            os.environ.update(environment)
            fill()
            kind = next((kind for option, kind in BESIDE.items() if option in asked), None)
            if kind:
                module, name = kind.split(":")
                figures = telling(getattr(import_module(module), name)(environment).all())
            else:
                from benchmarks.measures import Bench

                with Web(environment, workers=1) as web, ScoringWorker(environment) as _worker:
                    figures = telling(Bench(web.port, redis.client()).all())
        finally:
            database.remove()
    show(figures)
    return 0 if all(figure.is_met for figure in figures) else 1


def telling(figures: Iterable) -> list:
    """The figures, each told as soon as it is there."""
    kept = []
    for figure in figures:
        print(" ".join(figure.row()), file=sys.stderr, flush=True)
        kept.append(figure)
    return kept


def fill() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    for command in ("migrate", "createcachetable", "demo"):
        print(f"{command} …", file=sys.stderr, flush=True)
        call_command(command, verbosity=0)


def show(figures) -> None:
    columns = [("measured", "value", "against", "value", "ratio", "goal", "")]
    columns += [figure.row() for figure in figures]
    widths = [max(len(row[place]) for row in columns) for place in range(len(columns[0]))]
    for number, row in enumerate(columns):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if not number:
            print("  ".join("-" * width for width in widths).rstrip())
    machine = {"cores": os.cpu_count(), "load": [round(load, 2) for load in os.getloadavg()]}
    print(json.dumps({"machine": machine, "figures": [figure.as_json() for figure in figures]}, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
