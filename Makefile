# The portal's commands. `make` alone lists them. Debian 12, Python 3.11 or newer.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
HOST ?= 127.0.0.1
PY := .venv/bin/python
# What Python compiled once is kept, whatever the machine's habit: every process of the portal would compile it anew.
export PYTHONDONTWRITEBYTECODE :=
# Checks ask nobody whether there is a newer Deno.
export DENO_NO_UPDATE_CHECK := 1
# Debian's own first: one that somebody built here is often slower (the tests took a fifth longer).
PYTHONS := /usr/bin/python3.11 python3.11 /usr/bin/python3 python3 python3.12 python3.13

# Debian packages: what running needs, and what the tests need on top.
RUN_PACKAGES := python3-venv python3-dev gcc libpq-dev gettext libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
TEST_PACKAGES := postgresql pgbouncer redis-server chromium-headless-shell poppler-utils nginx docker-compose openssl procps git clamav-daemon nodejs softhsm2 pypy3

.PHONY: help run test fuzz bench check format requirements third-party icons bootstrap letters messages engine client reset system venv

help:  ## list the commands
	grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# What strangers score a bundle with, offered beside it; without a network there is none, and the portal runs as well.
run: venv  ## start the portal here: make run [PORT=8123] [HOST=0.0.0.0]
	$(MAKE) var/engine || echo 'The engine was not built: no page offers it.'
	exec $(PY) -m cdd4.local --port '$(PORT)' --host '$(HOST)'

test: EXTRA_PACKAGES := $(TEST_PACKAGES)
test: EXTRA := -dev
test: venv  ## lint and types first, then every test, on servers of its own
	$(MAKE) check
	exec $(PY) -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

fuzz: EXTRA_PACKAGES := $(TEST_PACKAGES)
fuzz: EXTRA := -dev
fuzz: venv  ## send 20,000 odd requests to every address: FUZZ_REQUESTS=50000 FUZZ_SEED=7 make fuzz
	FUZZ_REQUESTS=$${FUZZ_REQUESTS:-20000} exec $(PY) -m pytest tests/test_fuzz.py $(ARGS)

bench: EXTRA_PACKAGES := $(TEST_PACKAGES)
bench: EXTRA := -dev
bench: venv  ## measure, as ratios: a table and JSON; of 76, 878 and 7,255 entries: make bench ARGS=--large; a bad line: ARGS=--upload; reviewing: ARGS=--review; the sealed log: ARGS=--ledger; publishing with signed papers: ARGS=--papers; public pages: ARGS=--public; open pages: ARGS=--streams
	exec $(PY) -m benchmarks $(ARGS)

check: EXTRA := -dev
check: venv  ## what the editor should have told: lint, types, imports
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m deno lint --quiet
	$(PY) -m deno fmt --check --quiet
	.venv/bin/djangofmt --check templates
	CDD4_ENV=development $(PY) -m mypy
	.venv/bin/lint-imports

format: EXTRA := -dev
format: venv  ## lay out the code
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m deno fmt --quiet
	.venv/bin/djangofmt templates

messages: EXTRA := -dev
messages: venv  ## collect the texts to translate into locale/
	.venv/bin/django-admin makemessages --locale th --no-obsolete --no-wrap --add-location file \
	  --ignore tests --ignore benchmarks --ignore static --ignore var

requirements: EXTRA := -dev
requirements: venv  ## pin what requirements*.in ask for, with hashes
	for name in requirements requirements-dev; do
	  $(PY) -m uv pip compile --quiet --generate-hashes --no-header --annotation-style line \
	    --python-version 3.11 --output-file $$name.txt $$name.in
	done
	# For the image's Python; the same versions.
	$(PY) -m uv pip compile --quiet --generate-hashes --no-header --annotation-style line \
	  --python-version 3.13 --constraint requirements.txt --output-file requirements-3.13.txt requirements.in

engine: venv  ## build var/engine/cdd4_engine-*.whl: the engine alone, with the command cdd4-score
	$(MAKE) var/engine
	ls var/engine/*.whl

var/engine: $(shell find scoring/engine deploy/engine -name '*.py' -or -name '*.toml' -or -name '*.md' 2> /dev/null)
	rm -rf var/engine
	$(PY) -m pip wheel --quiet --no-deps --wheel-dir var/engine deploy/engine

client: EXTRA := -dev
client: venv  ## build var/client/cdd4_client-*.whl: a client of the API in Python, generated from its description
	rm -rf var/client
	$(PY) deploy/client/generate.py var/client/source
	$(PY) -m pip wheel --quiet --no-deps --wheel-dir var/client var/client/source
	ls var/client/*.whl

third-party: venv  ## write docs/third-party.md: what ships with the portal, and its licences
	exec $(PY) deploy/third_party.py

icons: venv  ## cut the admin's icon font down to the icons that are named somewhere
	exec $(PY) deploy/icons.py

bootstrap: venv  ## cut Bootstrap's styles down to the classes that are named somewhere
	exec $(PY) deploy/bootstrap.py

letters: venv  ## cut the typeface down to the letters that the texts have
	exec $(PY) deploy/letters.py

reset:  ## throw away the local database, files and logs
	rm -rf var

# --- what the commands stand on --------------------------------------------------------------------------------

system:
	missing=
	for package in $(RUN_PACKAGES) $(EXTRA_PACKAGES); do
	  dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing="$$missing $$package"
	done
	[ -z "$$missing" ] && exit 0
	log=$$(mktemp -t cdd4-apt-XXXXXX)
	if ! command -v apt-get >/dev/null; then
	  echo "เครื่องนี้ไม่ใช่ Debian กรุณาติดตั้งเอง / Not a Debian machine; please install what matches:$$missing" >&2
	  exit 1
	fi
	if [ "$$(id -u)" = 0 ]; then as_root=
	elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then as_root=sudo
	else
	  echo "ต้องติดตั้งแพ็กเกจก่อน แต่ไม่มีสิทธิ์ root หรือ sudo / Packages are missing and there is neither root nor sudo." >&2
	  echo "ให้ผู้ดูแลเครื่องสั่ง / Ask the machine's keeper to run:  apt-get install$$missing" >&2
	  exit 1
	fi
	echo "กำลังติดตั้งแพ็กเกจ / Installing packages:$$missing"
	if ! { $$as_root apt-get -q update && $$as_root env DEBIAN_FRONTEND=noninteractive \
	       apt-get -qy install --no-install-recommends $$missing; } >"$$log" 2>&1 </dev/null; then
	  echo "ติดตั้งแพ็กเกจไม่สำเร็จ ตรวจเครือข่าย / The packages could not be installed; is there a network? Details: $$log" >&2
	  grep -E '^(E|Err|W):' "$$log" | head -3 >&2 || true
	  exit 1
	fi
	rm -f "$$log"

venv: system
	digest() { sha256sum requirements$$1.txt | cut -c1-64; }
	has() { [ -f requirements$$1.txt ] && [ "$$(cat .venv/installed$$1 2>/dev/null)" = "$$(digest "$$1")" ]; }
	# What the tests need holds all that running needs.
	[ -x $(PY) ] && { has "$(EXTRA)" || has -dev; } && exit 0
	[ -w . ] || { echo "เขียนลงโฟลเดอร์นี้ไม่ได้ / Cannot write to this folder: $$PWD" >&2; exit 1; }
	if ! [ -x $(PY) ]; then
	  python=
	  for candidate in $(PYTHON) $(PYTHONS); do
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	      python=$$candidate
	      break
	    fi
	  done
	  if [ -z "$$python" ]; then
	    echo "ไม่พบ Python 3.11 ขึ้นไป / Python 3.11 or newer was not found (python3 here: $$(python3 -V 2>&1 || echo none))." >&2
	    echo "ติดตั้งแล้วระบุได้ด้วย / Install it, or name one:  make run PYTHON=/path/to/python3.11" >&2
	    exit 1
	  fi
	  rm -rf .venv
	  "$$python" -m venv .venv || { echo "สร้าง .venv ไม่ได้ / Could not make .venv with $$python." >&2; rm -rf .venv; exit 1; }
	fi
	echo "กำลังติดตั้งไลบรารี / Installing the libraries (once) …"
	log=$$(mktemp -t cdd4-pip-XXXXXX)
	if ! $(PY) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
	     -r requirements$(EXTRA).txt >"$$log" 2>&1 </dev/null; then
	  echo "ติดตั้งไลบรารีไม่สำเร็จ ตรวจเครือข่าย / The libraries could not be installed; is there a network? Details: $$log" >&2
	  grep -E '^ *(ERROR|error):' "$$log" | head -3 >&2 || true
	  exit 1
	fi
	rm -f "$$log"
	digest "$(EXTRA)" > .venv/installed$(EXTRA)
