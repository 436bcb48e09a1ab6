"""The suite runs on PostgreSQL; what needs no servers of its own holds on SQLite too, the database of `make run`.

What asks no database at all has nothing to say here a second time, nor has what draws pages and documents, reads or
keeps files, sends letters or speaks a protocol: what it asks of the database the others ask as well.
"""

import os
import re
import subprocess
import sys

from tests.servers import ROOT

# What is shipped is loaded, and the demo made, on SQLite by the test of `make run`.
APART = """
    scoring/pages/test_calendar scoring/authoring/test_trials scoring/pages/test_criterion scoring/pages/test_booklet
    scoring/pages/test_views submissions/examination/test_findings submissions/documents/test_filled_forms
    submissions/files/test_preview submissions/spreadsheets/test_figures submissions/spreadsheets/test_files
    submissions/spreadsheets/test_people_and_offices scoring/pages/test_standings_page
    submissions/pages/test_evidence submissions/pages/test_values submissions/admin/test_sheets
    awards/test_bundle awards/test_columns awards/documents/test_files awards/pages/test_publications
    awards/test_nominees scoring/wording/test_points_shown scoring/test_parcels scoring/test_simulation
    submissions/admin/test_guard submissions/admin/test_roles submissions/admin/test_spreadsheets
    submissions/pages/test_calendar_feed submissions/notices/test_letters submissions/notices/test_line
    submissions/files/test_scanner submissions/api/test_tokens submissions/uploads/test_tus
    submissions/files/test_vault submissions/filling/test_drafts submissions/filling/test_handing_in
    submissions/filling/test_pages submissions/api/test_facts submissions/examination/test_pages
    submissions/examination/test_noticed submissions/admin/test_extensions submissions/admin/test_review
    submissions/admin/test_registers awards/test_api awards/test_admin submissions/log/test_altered
    submissions/log/test_cut_off awards/documents/test_spreadsheets submissions/spreadsheets/test_table
    submissions/pages/test_dear submissions/files/test_room submissions/files/test_hostile
    submissions/admin/test_exporting submissions/accounts/test_files submissions/accounts/test_pages
    submissions/api/test_token_pages submissions/api/test_lists submissions/spreadsheets/test_registers
    submissions/accounts/test_addresses submissions/accounts/test_tries submissions/accounts/test_passwords
    submissions/api/test_scopes submissions/api/test_problems submissions/api/test_guide
    submissions/api/test_nominees scoring/test_api submissions/pages/test_history submissions/pages/test_maps
    scoring/pages/test_behind scoring/pages/test_home scoring/pages/test_parcel scoring/pages/test_workplace
    scoring/pages/test_paper submissions/files/test_register submissions/uploads/test_incoming
    submissions/files/test_slow_files scoring/test_load_shipped submissions/notices/test_ways
    submissions/accounts/test_events submissions/pages/test_papers submissions/pages/test_threads
    submissions/pages/test_confirming submissions/pages/test_nominees scoring/authoring/test_schemes
    scoring/boards/test_workbook scoring/boards/test_reminding scoring/pages/test_own_place
    awards/pages/test_opening submissions/admin/test_rounds scoring/boards/test_report
    scoring/authoring/test_forming awards/pages/test_past_trials submissions/admin/test_circulars
    submissions/admin/test_imports submissions/admin/test_newcomers submissions/admin/test_organisers
    submissions/examination/test_attachments submissions/accounts/test_colleagues
    submissions/accounts/test_invitations submissions/pages/test_circulars submissions/spreadsheets/test_people
""".split()
# One story is told here of those that chance writes: it has every kind of deed, and the others have no further ones.
STORIES = "tests/submissions/log/test_explained.py::test_whatever_is_done_the_log_explains_it"
FURTHER = [f"{STORIES}[{seed}]" for seed in range(2, 7)]


def test_the_core_holds_on_sqlite():
    apart = [f"tests/{name}.py" for name in APART]
    assert [path for path in apart if not (ROOT / path).is_file()] == []
    marks = "database and not faults and not browser and not postgresql"
    command = ["-q", "-p", "no:cacheprovider", "-m", marks, *(f"--ignore={path}" for path in apart)]
    command.append("--ignore=tests/scoring/engine")  # 900 tests of arithmetic, which never saw a database
    command += [f"--deselect={name}" for name in FURTHER]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *command, "tests/submissions", "tests/scoring", "tests/awards"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "CDD4_TEST_DATABASE": "sqlite"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed.group(1)) > 400
    assert "skipped" not in done.stdout.splitlines()[-1]
