"""What happens to a built folder, whichever builder made it: MkDocs, ProperDocs or Zensical.

    site      a configuration and a built folder → Site, Page…
    fill      <!-- name --> in a page → what stands there, again and again with the same result
    counts    the lock, the notes and the tests → the numbers that the pages name
    byline    the day of a page's last change; the links to edit it and to report a mistake in it
    editors   EDIT_URI → the repository, a file in it, a new issue
    sharing   og: tags, JSON-LD and robots.txt, for those who share and index
    cards     a title → the picture beside a shared link
    embed     <!-- embed:NAME --> → the line that shows an experiment inside of another page
    code      code without the marks that nobody sees
    space     pages without the indentation of their templates
    pictures  the size of each picture, so that text does not move
    unrun     the places that say that something was not run → their list
    history   git → the day on which each note last changed
    search    Page… → the index of the search; the box in every header
    feed      notes and their days → an Atom feed, and the sitemap
    policy    Page… → one content security policy for the site
    finish    all of it, in order; the problems that keep a site from being published

Only ``finish`` and ``site`` touch files, and nothing here touches the network.
"""
