"""The last answer of a chain, as it came."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from detection_notes.links.visits import markup
from detection_notes.links.visits.markup import Markup


@dataclass(slots=True)
class Answer:
    """The last answer of a chain that began with ``asked``. ``body`` is what was read of it, None if it is not HTML; ``whole`` says whether that is all.

    ``headers`` takes names in any case. ``redirected`` says whether ``url`` is not the address that was asked for.
    ``packed`` says that the body came in an encoding that could not be undone, ``anchors`` that they are wanted.
    """

    asked: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes | None
    whole: bool
    redirected: bool
    packed: bool = False
    anchors: bool = False
    _parsed: bool = field(default=False, init=False)
    _page: Markup | None = field(default=None, init=False)

    @property
    def page(self) -> Markup | None:
        """The body as a page, parsed once; None if it is not HTML or cannot be read."""
        if not self._parsed:  # functools.cached_property of Python 3.11 has one lock for all answers
            self._page, self._parsed = self._parse(), True
        return self._page

    def _parse(self) -> Markup | None:
        if self.body is None or self.packed:
            return None
        charset = self.headers.get("content-type", "").lower().partition("charset=")[2].split(";")[0].strip("\"' ")
        return markup.parse(self.body, charset or None, self.anchors)
