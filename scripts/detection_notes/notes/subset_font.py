"""Cut STIX Two Math down to the characters that a formula can hold, and keep its MATH table.

    npm pack @fontsource/stix-two-math@5.3.0 && tar xzf fontsource-stix-two-math-5.3.0.tgz
    pip install fonttools==4.68.0 brotli==1.2.1        (in an environment of its own; the site does not need them)
    PYTHONPATH=scripts python -m detection_notes.notes.subset_font package/

Needed only when CHARACTERS or FIRST changes. Writes docs/assets/fonts/, two files, and prints the unicode-range of the
second for math.css and math.js in the same folder; commit what it wrote. The first file holds what most
formulas need, and all that is stretched or put over letters, since browsers stretch the signs of one font only; the
second is loaded where its characters occur. The characters that no text contains (radical sign, overline, braces above
and below, arrows) are what radicals, accents and stretched signs are drawn with: without them they vanish.
"""

import shutil
import sys
from pathlib import Path

FONTS = Path(__file__).resolve().parents[3] / "docs" / "assets" / "fonts"
RANGES = [
    (0x20, 0x7E),  # ASCII
    (0x391, 0x3A9), (0x3B1, 0x3C9),  # Greek
    (0x300, 0x308),  # accents
    (0x1D400, 0x1D49B),  # bold, italic, bold italic
    (0x1D49C, 0x1D4B5), (0xFE00, 0xFE01),  # script capitals, and what tells their two kinds apart
    (0x1D6FC, 0x1D71B), (0x1D736, 0x1D755),  # italic and bold italic Greek
    (0x1D7CE, 0x1D7D7),  # bold digits
    (0x2190, 0x2194), (0x27F5, 0x27FA),  # arrows
    (0x2200, 0x2209), (0x220F, 0x2213), (0x2215, 0x221A), (0x2227, 0x222C),  # operators
    (0x2308, 0x230B), (0x27E8, 0x27E9), (0x23DE, 0x23DF), (0x23B4, 0x23B5),  # floor, ceiling, angles, braces above and below
    (0x2264, 0x2265), (0x226A, 0x226B), (0x2260, 0x2261), (0x2282, 0x2287), (0x22A4, 0x22A5), (0x22C0, 0x22C6), (0x22EE, 0x22F1),
]  # fmt: skip
SINGLE = (
    "\u00a0¬¯°±²³µ·×÷ˆˇ˘˙˚˜ϑϕϖϰϱϵ\u030c\u0332\u0333\u0338\u20d7‖†‡…′″‴‾⁄\u2061\u2062\u2063\u2064"
    "ℎℏℓℜ℘ℂℕℚℝℤℬℰℱℋℐℒℳℛ𝔼𝟙↦↩↪⇐⇒⇔∋∝∞∠∣∥∮∴∵∼≃≅≈≔⊕⊗⊙⩽⩾□○✓"
)
CHARACTERS = frozenset(chr(code) for first, last in RANGES for code in range(first, last + 1)) | frozenset(SINGLE)

FIRST_RANGES = [
    (0x20, 0x7E), (0x3B1, 0x3C9), (0x1D434, 0x1D467), (0x1D6FC, 0x1D71B),  # ASCII, and italic letters, Latin and Greek
    (0x300, 0x308), (0x2061, 0x2064), (0x2190, 0x2194), (0x2308, 0x230B), (0x23B4, 0x23B5), (0x23DE, 0x23DF),
    (0x220F, 0x2213), (0x27E8, 0x27E9), (0x22C0, 0x22C6),
]  # fmt: skip
FIRST = CHARACTERS & (
    frozenset(chr(code) for first, last in FIRST_RANGES for code in range(first, last + 1))
    | frozenset("√‾¯ˆ˜ˇ˘˙ℎ±·×÷∈∉∞∫∣∥‖≤≥≠≈⇒⇔⊤′″⋅…⋯\u00a0\u030c\u0332\u20d7")
)
FILES = {"stix-two-math.woff2": FIRST, "stix-two-math-more.woff2": CHARACTERS - FIRST}


def unicode_range(characters: frozenset[str]) -> str:
    """The characters as CSS names them: U+2264, U+22C0-22C6."""
    codes = sorted(map(ord, characters))
    starts = [code for code in codes if code - 1 not in codes]
    ends = [code for code in codes if code + 1 not in codes]
    return ", ".join(f"U+{start:X}" + (f"-{end:X}" if end > start else "") for start, end in zip(starts, ends))


def main(package: Path) -> None:
    for name, characters in FILES.items():
        write(package, name, characters)
    shutil.copyfile(package / "LICENSE", FONTS / "LICENSE-stix-two-math.txt")
    print(f"unicode-range: {unicode_range(FILES['stix-two-math-more.woff2'])};")


def write(package: Path, name: str, characters: frozenset[str]) -> None:
    """Cut the font down to these characters."""
    from fontTools import subset

    options = subset.Options(flavor="woff2", hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 13, 14])
    options.layout_features = ["ssty", "dtls", "kern", "mark"]  # script-sized variants, dotless letters, accents
    font = subset.load_font(str(package / "files" / "stix-two-math-latin-400-normal.woff2"), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)
    FONTS.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(FONTS / name), options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
