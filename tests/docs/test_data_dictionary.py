"""The data dictionary is what the database says of itself."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from tests.conftest import ROOT
from tests.fixtures.postgres import Database


def test_it_matches_the_comments_in_the_database(database: Database) -> None:
    generator = _generator()
    with database.connect() as connection:
        made = generator.data_dictionary(connection)
    assert generator.DICTIONARY.read_text(encoding="utf-8") == made, 'run "make dictionary"'


def _generator() -> ModuleType:
    path = ROOT / "docs" / "generate_data_dictionary.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
