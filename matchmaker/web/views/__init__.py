"""Pages: each view takes typed values from a form, calls one service or query, and shows the result."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint, Flask
from werkzeug.routing import IntegerConverter


class Id(IntegerConverter):
    """The id of a row. None has more digits: the database would refuse far greater numbers itself."""

    regex = "[0-9]{1,9}"


def init_app(app: Flask) -> None:
    """Register the blueprint of every module here."""
    app.url_map.converters["int"] = Id
    for module in pkgutil.iter_modules(__path__):
        blueprint: Blueprint = importlib.import_module(f"{__name__}.{module.name}").blueprint
        app.register_blueprint(blueprint)
