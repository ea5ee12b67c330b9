"""What people search for, and what answers it."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
NOTHING = "nothing"


@dataclass(frozen=True)
class Query:
    """``places`` are addresses (page, or page#section), any of which answers the words; none means that nothing should be found."""

    words: str
    places: tuple[str, ...]

    @property
    def pages(self) -> set[str]:
        return {place.partition("#")[0] for place in self.places}


def read(name: str) -> list[Query]:
    lines = [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("# ")]
    parts = [line.split(" → ") for line in lines]
    return [Query(words, () if places == NOTHING else tuple(places.split(" | "))) for words, places in parts]


QUERIES = read("queries.txt") + read("queries_held_back.txt") + read("queries_fresh.txt")
