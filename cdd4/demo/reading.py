"""The program that reads the files of invented stories with the examiner's own readers, one after the other.

In: a JSON list of [reader, path]; out: what each of them saw. It imports nothing of Django, as the readers don't.
"""

import ctypes
import json
import signal
import sys
from importlib import import_module

PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>


def read(reader: str, path: str) -> dict:
    with open(path, "rb") as file:
        return import_module(f"submissions.{reader}").read(file)


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # whoever asked was killed: nobody wants to know
    json.dump([read(*job) for job in json.load(sys.stdin)], sys.stdout)
