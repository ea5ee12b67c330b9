"""The form of the notes. Each rule says where it is broken and what to do."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from .conftest import Site
from .pages import PAGES, ROOT, Page

HAN = r"[\u4e00-\u9fff]"
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
MATH = re.compile(r"(?<!\\)\$(?!\s)[^$]+?(?<!\s)\$")


def prose(page: Page) -> Iterator[tuple[int, str]]:
    """The lines that people read, as text: code and formulas become X, links their words, marks nothing."""
    display = False
    for number, line in page.lines:
        stripped = line.strip()
        if stripped.startswith("$$"):
            display = not display and not (len(stripped) > 2 and stripped.endswith("$$"))
            continue
        if display or re.fullmatch(r"\[[^\]]+\]:\s+\S+.*|<!--.*-->|\|?[\s|:-]+\|?|--8<-- .*", stripped):
            continue
        line = re.sub(r"<!-- count:[\w-]+ -->", "X", line)  # a number, when the site is built
        line = CODE.sub("X", line)
        line = MATH.sub("X", line)
        line = re.sub(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)", r"\1", line)
        line = re.sub(r"\{[ .#:][^}]*\}|\[\^[\w-]+\]:?|<[^>]+>|\*\*|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])", "", line)
        yield number, line


def everywhere(find: Callable[[str], Iterator[str]]) -> list[str]:
    """The findings of a rule about lines of prose, on every page, each with its place."""
    return [f"{page.at(number)}: {finding}" for page in PAGES for number, line in prose(page) for finding in find(line)]


def around(line: str, found: "re.Match[str]") -> str:
    return f"…{line[max(0, found.start() - 8) : found.end() + 8]}…"


# The whole page.


def test_every_page_describes_itself_in_one_chinese_sentence_of_its_own():
    seen: dict[str, str] = {}
    for page in PAGES:
        description = (yaml.safe_load(page.front_matter) or {}).get("description", "")
        assert re.search(HAN, description) and description.endswith("。"), f"{page.at(1)}: give it a description, one sentence ending in 。"
        assert len(description) <= 110, f"{page.at(1)}: the description has {len(description)} characters; search engines cut at about 100"
        assert description not in seen, f"{page.at(1)}: same description as {seen[description]}"
        seen[description] = page.name


def test_every_page_has_exactly_one_title_and_it_comes_first():
    for page in PAGES:
        titles = [number for number, line in page.lines if re.match(r"# ", line)]
        first = next((number for number, line in page.lines if line.strip()), 0)
        assert titles == [first], f"{page.at(first)}: exactly one “# …”, and nothing before it (found at {titles})"


def test_headings_descend_one_level_at_a_time():
    for page in PAGES:
        level = 0
        for number, line in page.lines:
            if found := re.match(r"(#+) ", line):
                assert len(found[1]) <= level + 1, f"{page.at(number)}: jumps from level {level} to {len(found[1])}"
                level = len(found[1])


def test_headings_hold_no_formula_and_no_link():
    wrong = [page.at(number) for page in PAGES for number, line in page.lines if re.match(r"#+ .*(\$|\]\()", line)]
    assert not wrong, f"the table of contents shows headings as plain text: {wrong}"


def test_no_heading_gets_a_numbered_address(site: Site):
    numbered = [
        f"{page.name}: {heading.text().strip()} has the address #{heading.attributes['id']}"
        for page in PAGES
        for heading in site.page(page.name).css("h1[id], h2[id], h3[id], h4[id], h5[id], h6[id]")
        if re.search(r"_\d+$", heading.attributes["id"])
    ]
    assert not numbered, "two headings of a page are the same, or one has no letters; reword one:\n" + "\n".join(numbered)


def test_navigation_names_every_page_once():
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: None)
    configuration = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)

    def leaves(entry: Any) -> Iterator[str]:
        if isinstance(entry, str):
            yield entry
        for child in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ():
            yield from leaves(child)

    assert sorted(leaves(configuration["nav"])) == sorted(page.name for page in PAGES)


def test_every_page_says_how_long_it_takes_and_none_takes_more_than_15_minutes(site: Site):
    for page in PAGES:
        line = site.page(page.name).css_first("h1 + p.reading-time")
        assert line, f"{page.at(1)}: no reading time under the title"
        minutes = int(re.match(r"约 (\d+) 分钟", line.text())[1])
        assert minutes <= 15, f"{page.at(1)}: {minutes} minutes; split the page or say it shorter"


def test_every_then_stands_beside_its_now(site: Site):
    for page in PAGES:
        alone = site.page(page.name).css("article > .admonition.then, article > .admonition.now")
        assert not alone, f"{page.at(1)}: “{alone[0].text(strip=True)[:30]}” has no partner directly before or after it"


# Letters.


def test_no_look_alike_and_no_invisible_characters():
    wrong = []
    for page in PAGES:
        for number, line in enumerate(page.source.split("\n"), 1):
            for character in line:
                radical = "\u2e80" <= character <= "\u2fdf" or "\uf900" <= character <= "\ufaff"
                invisible = unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp", "Co") and character not in " \u3000"
                if radical or invisible:
                    name = unicodedata.name(character, "no name")
                    wrong.append(f"{page.at(number)}: U+{ord(character):04X} {name}; type the ordinary character")
    assert not wrong, "\n".join(wrong)


def test_chinese_and_latin_are_parted_by_a_space():
    def find(line: str) -> Iterator[str]:
        line = re.sub(r"《[^》]*》|「[^」]*」", "“”", line)  # titles and quotations stay as they are
        for found in re.finditer(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9%]{HAN}", line):
            yield f"put a space between Chinese and Latin: {around(line, found)}"

    assert not (wrong := everywhere(find)), "\n".join(wrong)


def test_punctuation_of_chinese_sentences_is_full_width():
    def find(line: str) -> Iterator[str]:
        line = re.sub(r"「[^」]*」", "“”", line)  # quotations stay as they are
        for found in re.finditer(rf"{HAN}[,;:?!](?=\s|{HAN}|$)|{HAN}\([^)]*\)|\([^)(]*{HAN}[^)(]*\)|{HAN}\.(?=\s|$)", line):
            yield f"use the full-width sign: {around(line, found)}"

    assert not (wrong := everywhere(find)), "\n".join(wrong)


def test_no_space_stands_beside_full_width_punctuation():
    def find(line: str) -> Iterator[str]:
        for found in re.finditer(r"(?<=[^\s|>*+-]) +[，。；：？！、）」』》]|[，。；：？！、（「『《] +(?=[^\s|{])", line):
            yield f"drop the space: {around(line, found)}"

    assert not (wrong := everywhere(find)), "\n".join(wrong)


def test_one_sentence_of_a_paragraph_a_line():
    def find(line: str) -> Iterator[str]:
        bare = re.sub(r"「[^」]*」|（[^）]*）|《[^》]*》", "", line)
        if not re.match(r"\s*(\||!!!|\?\?\?|===|#|[-*+:] |\d+\. )", bare):  # lists may be terse
            for found in re.finditer(r"(?<=\S{12}[。？！])(?=[^\s）」』》”*])", bare):
                yield f"start a new line after the sentence (so that a change touches one line): {around(bare, found)}"

    assert not (wrong := everywhere(find)), "\n".join(wrong)


def test_quotation_marks_are_corner_brackets():
    def find(line: str) -> Iterator[str]:
        for found in re.finditer(r"[“”]", line):
            yield f"quote with 「」, as all pages do: {around(line, found)}"

    assert not (wrong := everywhere(find)), "\n".join(wrong)


def test_ranges_are_written_with_a_dash_or_in_words():
    def find(line: str) -> Iterator[str]:
        for found in re.finditer(r"\d\s*[~～]\s*\d", line):
            yield f"write 18–150 or 18 到 150 (a pair of ~ strikes text out on code hosts): {around(line, found)}"

    assert not (wrong := everywhere(find)), "\n".join(wrong)


def test_addresses_stand_behind_words():
    def find(line: str) -> Iterator[str]:
        for found in re.finditer(r"https?://\S+", line):
            yield f"make it a link with a name, [名字]({found[0]}), or code: a bare address is only text here"

    assert not (wrong := everywhere(find)), "\n".join(wrong)


def name(wrong: str) -> str:
    """A pattern for a word that is no part of an address, a path or a longer name."""
    return rf"(?<![\w/.@-])(?:{wrong})(?![\w/@-]|\.\w)"


SPELLINGS = {
    name("[Pp]ytorch"): "PyTorch (or code, if it is a package or a folder)",
    name("[Mm]mdetection|MMdetection"): "MMDetection (or code, if it is a package or a folder)",
    name("[Gg]ithub"): "GitHub",
    name("[Tt]ensorflow"): "TensorFlow",
    name("Resnet|resNet"): "ResNet",
    name("VggNet|vggNet|VGGnet"): "VGGNet",
    name("ROI|ROIAlign|RoiAlign|ROI Pooling"): "RoI…",
    name("MAP|Map"): "mAP",
    r"感受域": "感受野",
    r"步幅": "步长",
    r"锚点框|锚点": "锚框",
    r"主干网络|骨架网络": "骨干网络",
    r"学习速率": "学习率",
    r"批次大小": "批大小",
}


def test_one_spelling_for_one_thing():
    def find(line: str) -> Iterator[str]:
        line = re.sub(r"《[^》]*》|「[^」]*」", "", line)
        for pattern, right in SPELLINGS.items():
            for found in re.finditer(pattern, line):
                yield f"write {right}: {around(line, found)}"

    assert not (wrong := everywhere(find)), "\n".join(wrong)


def test_nothing_is_left_to_do():
    wrong = [
        f"{page.at(number)}: {found[0]}"
        for page in PAGES
        for number, line in page.lines
        if (found := re.search(r"\b(TODO|FIXME|XXX|TBD)\b|待补|待写|待完善|敬请期待", line))
    ]
    assert not wrong, "finish these or take them out:\n" + "\n".join(wrong)


def test_every_code_block_names_its_language():
    unnamed = [page.at(block.line) for page in PAGES for block in page.blocks if not block.language]
    assert not unnamed, "name the language after ``` (text for plain output):\n" + "\n".join(unnamed)


def test_every_picture_says_what_it_shows():
    wrong = [
        page.at(number)
        for page in PAGES
        for number, line in page.lines
        for found in re.finditer(r"!\[([^\]]*)\]\(", CODE.sub("", line))
        if len(found[1]) < 8
    ]
    assert not wrong, "say in the alt text what a reader who cannot see the picture must know:\n" + "\n".join(wrong)
