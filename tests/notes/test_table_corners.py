import re

import markdown
from detection_notes.notes.table_corners import TableCornersExtension


def test_only_the_empty_heading_cell_becomes_an_ordinary_one():
    page = markdown.markdown("| | 甲 | `乙` |\n| - | - | - |\n| 行 | 1 | |\n", extensions=["tables", TableCornersExtension()])
    assert page.count("<th>") == 2 and "<th>甲</th>" in page and "<th><code>乙</code></th>" in page
    assert page.index("<td></td>") < page.index("<th>甲</th>")


def test_below_an_empty_corner_stand_the_headings_of_the_rows():
    page = markdown.markdown("| | 甲 |\n| - | - |\n| 行 | 1 |\n| | 2 |\n", extensions=["tables", TableCornersExtension()])
    assert '<th scope="row">行</th>' in page and "<td>1</td>" in page
    assert len(re.findall("<th[ >]", page)) == 2  # no heading is made of an empty cell


def test_a_table_with_a_heading_for_each_column_keeps_its_cells():
    page = markdown.markdown("| 甲 | 乙 |\n| - | - |\n| 行 | 1 |\n", extensions=["tables", TableCornersExtension()])
    assert "<td>行</td>" in page
