from detection_notes.finish.code import UNSEEN, with_plain_names
from detection_notes.finish.site import Page

from ..conftest import Site, html_files


def test_names_signs_and_gaps_lose_their_elements_and_nothing_of_their_text():
    html = '<span class="k">def</span><span class="w"> </span><span class="nf">f</span><span class="p">():</span> <span class="n">x</span> <span class="o">&lt;</span>'
    assert with_plain_names(None, Page("a.html", html)).html == '<span class="k">def</span> <span class="nf">f</span>(): x &lt;'


def test_no_such_element_is_left_on_the_site(site: Site):
    assert not [name for name, tree in html_files(site) if UNSEEN.search(tree.html)]


def test_what_loses_its_element_had_the_colour_of_the_text_around_it(page_at):
    page_at("deep-learning/cnn/").wait_for_function(  # and not at once: on a busy machine it was once asked too early
        """() => {
          const code = document.querySelector(".highlight code"), colour = kind => {
            const span = code.appendChild(document.createElement("span")); span.className = kind
            return getComputedStyle(span).color
          }
          return ["n", "o", "p", "w"].every(kind => colour(kind) === getComputedStyle(code).color)
        }"""
    )
