"""Python-Markdown extensions of the notes, one feature a module.

    then_now      neighbouring "then" and "now" admonitions  → one comparison
    line_joins    the end of a line inside Chinese text       → no gap
    listing_links a listing cut from a code file              → a link to the whole file below it, and to those it needs
    table_corners an empty heading cell                       → a plain cell; below an empty corner, headings of the rows
    table_columns the length of a column's texts          → the least width of the column
    reading_time  the words of a page                         → 约 N 分钟
    math          LaTeX found by pymdownx.arithmatex          → MathML

Python-Markdown is the one extension point that MkDocs, ProperDocs and Zensical all run.
``place`` names page and line for their messages. ``examples`` stands beside them: it runs the code that the notes
show. ``subset_font`` is run by hand when formulas need more characters.
"""
