"""What a person sees of a picture in a browser: no two texts run into each
other, none leaves its box or the picture.  Widths are estimated before layout,
so only a browser, with the fonts that it has, can tell."""

import pathlib

import chrome
import pytest
import referrers
from playwright.sync_api import sync_playwright
from referrers import _core, _render

TOP = pathlib.Path(__file__).resolve().parents[2]
SCENES = sorted((TOP / "tests/golden/picture").glob("*.lines"))
GALLERY = sorted((TOP / "doc/gallery").glob("*.svg"))
LENGTHS = (3, 10, 18, 25, 40, 70)
LETTERS = {"wide": "Wm", "narrow": "il", "mixed": "ConfigurationManagerFactory"}
FAMILIES = ("Arial", "DejaVu Sans", "Liberation Sans", "serif")

# Pixels by which letters may touch, lines be set close, a box be tight.
LOOK = """
([family]) => {
  const found = [];
  const text = [...document.querySelectorAll('svg text')];
  const line = part => [part, ...part.querySelectorAll('tspan')];
  if (family)
    text.flatMap(line).forEach(part => part.style.fontFamily = family);
  const boxes = text.map(part => part.getBoundingClientRect());
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, k) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 0.5 && high > 2.5)
      found.push('overlap: ' + text[i].textContent + ' | '
                 + text[i + 1 + k].textContent);
  }));
  for (const node of document.querySelectorAll('g.node')) {
    const shapes = [...node.querySelectorAll('path, polygon, ellipse')]
      .map(shape => shape.getBoundingClientRect());
    if (!shapes.length) continue;
    const left = Math.min(...shapes.map(shape => shape.left));
    const right = Math.max(...shapes.map(shape => shape.right));
    for (const part of node.querySelectorAll('text')) {
      const box = part.getBoundingClientRect();
      if (box.left - left < 1 || right - box.right < 1)
        found.push('out of its box: ' + part.textContent);
    }
  }
  const all = document.querySelector('svg').getBoundingClientRect();
  boxes.forEach((box, i) => {
    if (box.right > all.right + 0.5 || box.left < all.left - 0.5)
      found.push('cut off: ' + text[i].textContent);
  });
  return found;
}
"""


@pytest.fixture(scope="module")
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chrome.browser_path(), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 3000, "height": 3000})
        browser.close()


def look(page, svg, family=""):
    page.set_content("<body>" + svg[svg.index("<svg"):])
    return page.evaluate(LOOK, [family])


@pytest.mark.parametrize("path", SCENES + GALLERY, ids=lambda path: path.name)
def test_a_picture_can_be_read(page, path):
    svg = (path.read_text() if path.suffix == ".svg" else _render.draw(
        _core.read(path.read_bytes()), "svg", 60.0).decode())
    assert look(page, svg) == []


@pytest.mark.parametrize("letters", LETTERS)
@pytest.mark.parametrize("length", LENGTHS)
def test_a_name_may_be_long(page, letters, length):
    """In the header, in the fonts of the list and in a serif one."""
    name = (LETTERS[letters] * length)[:length]
    kind = type(name, (), {})
    kind.__module__ = "app." + name.lower()
    held = [kind()]
    svg = referrers.get_referrer_graph(held[0]).to_svg()
    header = [found for family in FAMILIES for found in look(page, svg, family)
              if found.startswith("overlap")]
    assert header == []
    assert look(page, svg) == []


def test_what_is_looked_for_is_found(page):
    assert look(page, """<svg xmlns="http://www.w3.org/2000/svg" width="200"
        height="50"><text x="5" y="20">one text here</text>
        <text x="40" y="20">another one</text>
        <text x="190" y="45">out of it</text></svg>""") == [
            "overlap: one text here | another one", "cut off: out of it"]
