from detection_notes.notes.subset_font import CHARACTERS, FONTS


def test_font_is_small_and_carries_its_licence():
    font = FONTS / "stix-two-math.woff2"
    assert font.read_bytes()[:4] == b"wOF2"
    assert font.stat().st_size <= 60_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "LICENSE-stix-two-math.txt").read_text(encoding="utf-8")


def test_font_keeps_what_radicals_accents_and_fences_are_drawn_with():
    assert set("√‾¯ˆ˜⏞⏟⌊⌋⌈⌉→⟶∑∏∫⋃⋂𝑥𝐱𝜃𝜽∂∞≤≥≠×·−") <= CHARACTERS
