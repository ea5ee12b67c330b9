"""What happens to a URL, from the page it stands on to the verdict beside it.

    pages    paths, mkdocs.yml   → Page…                   (what to read, and with which Markdown extensions)
    extract  Page                → Link…                   (what the page links to, with lines)
    plan     Link…, lock         → Task…                   (which addresses to visit today, in which order)
    patrol   Task…               → Visit…                  (hosts side by side, gently; clock and visit are parameters)
      pace     what one host bears: how many at once, how soon again
      fetch    one address       → Visit                   (never raises; the only module that imports requests)
        wire     sockets with a deadline, answers read with patience
        guard    which network addresses may be visited
        signs    what a page that answers says of itself
    memory   Evidence, Visit     → Evidence                (what is remembered from one visit to the next)
    lock     file                ↔ Evidence…
    policy   pyproject.toml      → what is kept, ignored, accepted, and until when
    judge    Evidence, policy    → Verdict                 (pure; the whole policy on one screen)
    report   Finding…            → text, JSON, Markdown, annotations, JUnit, SARIF
    mark     Verdict             → the rendered anchor     (Python-Markdown extension)

Evidence and verdict are kept apart: the lock holds what was seen, and every reading judges anew.
"""
