"""A script of deploy/, loaded so that tests may ask its functions."""

import importlib.util
from types import ModuleType

from tests.servers import ROOT


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"deploy/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
