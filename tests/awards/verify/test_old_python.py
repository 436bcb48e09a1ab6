"""An old Python without any package says the same of every bundle as the one that these tests run in."""

import json
import subprocess
from random import Random

import pytest

from tests.servers import ROOT, need

from .tamperer import Tamperer
from .test_tampered import TAMPERINGS, status

pytestmark = pytest.mark.django_db

# PyPy is the oldest Python that Debian has beside its own: 3.9, the oldest that the verifier promises.
PROGRAM = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
said = []
for path, key in json.load(sys.stdin):
    try:
        said.append(verify.Check(open(path, "rb").read(), key).run())
    except Exception:
        said.append(2)
json.dump({"python": sys.version_info[:2], "said": said}, sys.stdout)
"""


def test_python_3_9_says_the_same(bundles, tmp_path):
    chance = Random(f"old {TAMPERINGS}")
    tamperers = [Tamperer(data, list(bundles.earlier), chance) for data in (bundles.public, bundles.full)]
    given = [bundles.public, bundles.full, *(tamperers[number % 2].tamper()[1] for number in range(TAMPERINGS))]
    paths = [tmp_path / f"{number}.zip" for number in range(len(given))]
    for path, data in zip(paths, given, strict=True):
        path.write_bytes(data)
    asked = json.dumps([[str(path), bundles.key] for path in paths])
    command = [need("pypy3", "pypy3"), "-I", "-S", "-c", PROGRAM, str(ROOT / "awards/verify/verify.py")]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["python"] == [3, 9]
    assert told["said"] == [status(data, bundles.key) for data in given]
    assert told["said"][:2] == [0, 0]
    assert 0 not in told["said"][2:]
