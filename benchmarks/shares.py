"""One process's share of a round, measured by itself. Django is started here, so nothing of it is imported before."""

import time


def set_up() -> None:
    import django

    django.setup()


def warm(round_id: int) -> None:
    from submissions.models import Round

    assert Round.objects.get(pk=round_id).scheme


def share(ids: list[int]) -> tuple[float, int]:
    """CPU seconds of scoring these entries, and the process's peak of memory in bytes."""
    from scoring.recompute import rescore

    started = time.process_time()
    rescore(ids)
    with open("/proc/self/status") as status:  # getrusage() would know the peak of the process that started this one
        peak = status.read().split("VmHWM:")[1].split()[0]
    return time.process_time() - started, int(peak) * 1024
