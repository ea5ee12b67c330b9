import re

from detection_notes.notes.subset_font import CHARACTERS, FILES, FIRST, FONTS, unicode_range


def test_fonts_are_small_and_carry_their_licence():
    sizes = {name: (FONTS / name).stat().st_size for name in FILES}
    assert all((FONTS / name).read_bytes()[:4] == b"wOF2" for name in FILES)
    assert sizes["stix-two-math.woff2"] <= 36_000 and sum(sizes.values()) <= 70_000, sizes
    assert "SIL OPEN FONT LICENSE" in (FONTS / "LICENSE-stix-two-math.txt").read_text(encoding="utf-8")


def test_fonts_keep_what_radicals_accents_and_fences_are_drawn_with():
    assert set("√‾¯ˆ˜⏞⏟⌊⌋⌈⌉→⟶∑∏∫⋃⋂𝑥𝐱𝜃𝜽∂∞≤≥≠×·−") <= CHARACTERS


def test_the_first_font_has_all_that_is_stretched():
    """A browser stretches the signs of one font only, the one that has the letters."""
    assert set("()[]{}|‖⌊⌋⌈⌉⟨⟩√‾⏞⏟∑∏∫⋃⋂→←ˆ˜ xy𝑥𝜃") <= FIRST


def test_sheet_and_script_name_the_characters_of_the_second_font():
    sheet = re.search(r"stix-two-math-more\.woff2.*?unicode-range: ([^;]+);", (FONTS / "math.css").read_text(encoding="utf-8"))[1]
    script = re.search(r'"stix-two-math-more", "([^"]+)"', (FONTS / "math.js").read_text(encoding="utf-8"))[1]
    assert sheet == script == unicode_range(FILES["stix-two-math-more.woff2"]), "run scripts/detection_notes/notes/subset_font.py"


def test_ranges_are_written_as_css_names_them():
    assert unicode_range(frozenset("acdez")) == "U+61, U+63-65, U+7A"
