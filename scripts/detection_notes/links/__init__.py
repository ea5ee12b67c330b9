"""What happens to a URL, from the page it stands on to the verdict beside it.

Ground floor, words and values:

    model     the values that pass between the stages; they have no behaviour
    codes     every code there is: its kind, its meaning, what to do
    address   one notion of a URL
    wrappers  addresses that only pass on to another: data
    placeholders  addresses that are made for examples: never asked
    moment    minutes in UTC
    files     written whole or not at all
    progress  how far a run is
    policy    pyproject.toml      → Policy              what is kept, ignored, accepted, and until when
    hosts     [[tool.links.host]] → HostRule…            how a host wants to be asked
    baseline  what was dead when a project began to check
    ignored   what git ignores, and what others wrote
    settings  mkdocs.yml          → what it says        also where what it names is not installed
    config    mkdocs.yml          → Site                its pages, its Markdown extensions, its own links
    claims    file                → Site                which site a file belongs to
    walk      folder              → its Markdown        without what git ignores and MkDocs leaves out
    changed   git                 → lines a branch touched

The stages, none of which touches the network:

    __main__  the stages in their order: what check-links starts
    cli       words               → Options             the command line
    program   how the program was called, and its version
    exits     how a run ends      → exit status, words
    pages     paths               → Page…               what to read, and in which form
    extract   Page…               → Link…               what the pages link to, with lines and columns
    readers   one page            → Link…
      mkdocs    Markdown as MkDocs renders it
      github    Markdown as GitHub shows it
      built     HTML as a generator built it
      html      HTML              → addresses, anchors
      configuration  what a mkdocs.yml itself puts on the pages
      places    where in the Markdown an address stands
      source    file              → text
    local     what this checkout itself says of an address
    origin    links of built pages → the lines of their sources
    lock      file                ↔ Evidence…           what earlier runs saw
    plan      Link…, lock         → Task…               which addresses to visit today, in which order
    memory    Evidence, Visit     → Evidence            what is remembered from one visit to the next
    judge     Evidence, Policy    → Verdict, Finding…   the whole policy on one screen
    summary   a run               → Report              the findings, and what a person should know besides
    report    Report              → text, JSON, Markdown, annotations, JUnit, SARIF
    fix       Finding…            → new addresses in the Markdown (--fix)
    explain   one address         → its whole story (--explain)

All that touches the network:

    visits    Task…               → Tour
      run       the visits of one run, and what they say of this machine's network
      patrol    Task…             → Visit…              hosts side by side, each at its pace
      pace      what one host bears: how many at once, how soon again
      tries     one address's tries: how long, how many, how soon the next
      fetch     one request       → an answer           the only module that imports requests
      chain     one address       → its answers → Visit never raises
      redirects a redirect        → where it leads, as browsers read it
      body      what is read of an answer
      page      the last answer   → what it says of itself
      answer    the last answer of a chain, as it came
      doubt     whether a page that answers is what was linked
      markup    HTML              → title, text, anchors
      signatures  what known sites say when a page is gone, barred or walled
      headers   where to go on, how long to wait, what is noted
      proxies   the environment   → which proxy for which URL
      wire      sockets with a deadline
      guard     which network addresses may be visited
      causes    exceptions        → codes
      network   what this machine's network is, before what a link is
      tour      Visit…            → the rows of this run, saved on the way
      register  what others know of a page: archive copies, states of repositories

The lock as the site sees it, which never visits:

    site      lock, built pages
      gate      warnings of the build
      mark      Verdict           → the rendered anchor (Python-Markdown extension)
      status    Finding…          → the page of all links

Evidence and verdict are kept apart: the lock holds what was seen, and every reading judges anew.
"""
