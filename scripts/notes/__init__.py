"""Python-Markdown extensions of the notes, one feature a module.

    then_now   neighbouring "then" and "now" admonitions    → one comparison
    math       LaTeX found by pymdownx.arithmatex           → MathML

Python-Markdown is the one extension point that MkDocs, ProperDocs and Zensical all run.
``examples`` stands beside them: it runs the code that the notes show.
"""
