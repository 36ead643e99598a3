"""Take files in: straight to the disk, never more than the limit, without holding up other writers.

A view marked by `receives_files` may get a body that is larger than others. What goes over the
limit for a file is read on for a while and dropped, so that the browser gets an answer; a body
that says at once that it is far too large is not read at all, but for the fields before the file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask, current_app, g, request
from flask.wrappers import Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.sansio.multipart import Data, Field, File, MultipartDecoder, NeedData

from matchmaker.web.transaction import WRITES_LATE

if TYPE_CHECKING:
    from matchmaker.web import Matchmaker

View = TypeVar("View", bound=Callable[..., Any])

RECEIVES = "receives_files"
IN_MEMORY = 512 * 1024
#: What the fields beside the file may take.
FIELDS_BYTES = 256 * 1024
#: So many times the limit is read on, and dropped, before a body is refused unread.
DRAINED = 2


def init_app(app: Flask) -> None:
    app.request_class = UploadRequest
    app.before_request(_prepare)


def receives_files(view: View) -> View:
    """Let a route take files; it begins to write only when it says so (`begin_writing`)."""
    setattr(view, RECEIVES, True)
    setattr(view, WRITES_LATE, True)
    return view


class CappedFile(tempfile.SpooledTemporaryFile[bytes]):
    """A temporary file on disk that stops growing at its limit, and remembers that it would have."""

    def __init__(self, limit: int) -> None:
        super().__init__(max_size=IN_MEMORY)
        self.limit = limit
        self.is_over = False

    def write(self, data: Any) -> int:
        if self.is_over or self.tell() + len(data) > self.limit:
            self.is_over = True
            self.seek(0)
            self.truncate()  # Nothing of it is kept, not even for the time of the request.
            return len(data)
        return super().write(data)


class UploadRequest(Request):
    """A request whose files never take more than the operator allows."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return cast(IO[bytes], CappedFile(_limit()))


def _limit() -> int:
    return cast("Matchmaker", current_app).settings.attachment_bytes


def _prepare() -> None:
    """Allow a route that takes files a larger body; refuse one that is hopeless before it is read."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or not getattr(view, RECEIVES, False):
        return
    request.max_content_length = DRAINED * _limit() + FIELDS_BYTES
    if (request.content_length or 0) > request.max_content_length:
        fields = _leading_fields()
        unread: dict[str, Any] = {
            "stream": BytesIO(),
            "form": ImmutableMultiDict(fields),
            "files": ImmutableMultiDict(),
        }
        request.__dict__.update(unread)  # Where the library keeps what it has read.
        g.upload_is_hopeless = True


def _leading_fields() -> list[tuple[str, str]]:
    """The fields that come before the file: what was typed is kept, the token is checked."""
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        return []
    decoder = MultipartDecoder(boundary.encode(), max_form_memory_size=FIELDS_BYTES)
    decoder.receive_data(request.environ["wsgi.input"].read(FIELDS_BYTES // 4))
    fields: list[tuple[str, str]] = []
    event = decoder.next_event()
    while not isinstance(event, File | NeedData):
        if isinstance(event, Field):
            fields.append((event.name, ""))
        elif isinstance(event, Data):
            name, text = fields.pop()
            fields.append((name, text + event.data.decode("utf-8", "replace")))
        event = decoder.next_event()
    return fields


def is_too_large() -> bool:
    """Whether the file of this request was larger than what is taken."""
    if g.get("upload_is_hopeless"):
        return True
    return any(getattr(file.stream, "is_over", False) for file in request.files.values())


def uploaded(name: str) -> FileStorage | None:
    """The file of the field *name*, or None if none was chosen."""
    file = request.files.get(name)
    return file if file is not None and file.filename else None
