"""Run tests on SQLite and on PostgreSQL: `pytestmark = on_both`, or on one test."""

from __future__ import annotations

import pytest

POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)

on_both = pytest.mark.parametrize("backend", ["sqlite", POSTGRES], indirect=True)
