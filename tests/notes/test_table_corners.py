import markdown
from detection_notes.notes.table_corners import TableCornersExtension


def test_only_the_empty_heading_cell_becomes_an_ordinary_one():
    page = markdown.markdown("| | 甲 | `乙` |\n| - | - | - |\n| 行 | 1 | |\n", extensions=["tables", TableCornersExtension()])
    assert page.count("<th>") == 2 and "<th>甲</th>" in page and "<th><code>乙</code></th>" in page
    assert page.index("<td></td>") < page.index("<th>甲</th>")
