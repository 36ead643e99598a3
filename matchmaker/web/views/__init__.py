"""Pages: each view takes typed values from a form, calls one service or query, and shows the result."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    """Register the blueprint of every module here."""
    for module in pkgutil.iter_modules(__path__):
        blueprint: Blueprint = importlib.import_module(f"{__name__}.{module.name}").blueprint
        app.register_blueprint(blueprint)
