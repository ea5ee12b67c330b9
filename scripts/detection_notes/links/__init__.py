"""What happens to a URL, from the page it stands on to the verdict beside it.

    cli      words               → Options                 (the command line)
    policy   pyproject.toml      → Policy                  (what is kept, ignored, accepted, and until when)
    pages    paths, mkdocs.yml   → Page…                   (what to read, and with which Markdown extensions)
    extract  Page                → Link…                   (what the page links to, with lines and columns)
    lock     file                ↔ Evidence…               (what earlier runs saw)
    plan     Link…, lock         → Task…                   (which addresses to visit today, in which order)
    patrol   Task…               → Visit…                  (hosts side by side, each at its pace)
      pace     what one host bears: how many at once, how soon again
      tries    one address's tries: how long, how many, how soon the next
      fetch    one address       → Visit                   (never raises; the only module that imports requests)
        causes   exceptions      → codes
        wire     sockets with a deadline, answers read with patience
        guard    which network addresses may be visited
        signs    what a page that answers says of itself
    tour     Visit…              → rows of this run        (progress, savings on the way, Ctrl-C; was there a network?)
      memory   Evidence, Visit   → Evidence                (what is remembered from one visit to the next)
      register what others know of a page: archive copies, states of repositories
    judge    Evidence, Policy    → Verdict                 (pure; the whole policy on one screen)
    findings Link…, Evidence…    → Finding…                (one a URL, with all its places)
      changed  git               → lines a branch touched  (--since)
    report   Finding…            → text, JSON, Markdown, annotations, JUnit, SARIF
    fix      Finding…            → new addresses in the Markdown (--fix)
    explain  one address         → its whole story         (--explain)

    gate     lock, built pages   → warnings of the build   (what the site's hooks ask; no network)
      mark     Verdict           → the rendered anchor     (Python-Markdown extension)
      status   Finding…          → the page of all links

    model    the values that pass between them; they have no behaviour

Evidence and verdict are kept apart: the lock holds what was seen, and every reading judges anew.
"""
