"""The page says every sentence, opens what each rests on, and lets nothing run or load."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from document_example import HOSTILE, example_document, hostile_document

from consilience.publish.document import Document
from consilience.publish.forms.html import render_html
from consilience.publish.forms.prepared import prepare
from consilience.publish.forms.visible_text import visible


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    inside: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    def all(self, tag: str, class_: str = "") -> list[Node]:
        found = [self] if self.tag == tag and class_ in ["", *self.attributes.get("class", "").split()] else []
        return found + [n for part in self.inside if isinstance(part, Node) for n in part.all(tag, class_)]


class Tree(HTMLParser):
    """The page as a browser would build it, near enough: our templates close what they open."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("", {})]
        self.feed(page.decode())
        self.close()

    @property
    def root(self) -> Node:
        assert len(self.open) == 1, "something is not closed"
        return self.open[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in {"meta", "hr"}:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def _page(document: Document) -> Node:
    return Tree(render_html(document)).root


DOCUMENTS = {"en": example_document(), "ar": example_document("ar"), "hostile": hostile_document()}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_sentence_stands_once_in_order(name: str) -> None:
    said = [node.all("bdi")[0].text for node in _page(DOCUMENTS[name]).all("span", "s")]
    assert said == [sentence.text for sentence in prepare(DOCUMENTS[name]).document.sentences]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_sentence_opens_what_it_rests_on_without_a_script(name: str) -> None:
    prepared = prepare(DOCUMENTS[name])
    opening = _page(DOCUMENTS[name]).all("details", "t")
    for sentence, node in zip(prepared.document.sentences, opening, strict=True):
        assert node.all("summary")[0].text == sentence.sentence_id
        assert node.all("summary")[0].attributes["aria-label"] == prepared.marker_words(sentence)
        assert tuple(term.text for term in node.all("dt")) == sentence.support
        assert [words.text for words in node.all("dd")] == [prepared.words[one] for one in sentence.support]
        if not sentence.support:
            assert prepared.labels["no_support"] in node.text


def test_what_a_draft_marks_stands_in_words_at_its_sentence() -> None:
    marked = [node for node in _page(example_document()).all("span", "s") if node.all("strong", "flag")]
    assert [node.attributes["id"] for node in marked] == ["s-s2"]
    assert "[Marked in this draft: the number no longer agrees; finding not reviewed]" in marked[0].text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_draft_says_so_above_every_screen_and_in_its_title(name: str) -> None:
    page, draft = _page(DOCUMENTS[name]), prepare(DOCUMENTS[name]).labels["draft"]
    assert page.all("p", "marks")[0].all("span", "is-draft")[0].text == draft
    assert page.all("p", "watermark")[0].text == draft
    assert page.all("title")[0].text.startswith(draft)


def test_a_release_is_not_called_a_draft() -> None:
    page = render_html(example_document(is_draft=False)).decode()
    assert "Draft" not in page.replace("is-draft", "")
    assert "noindex" not in page


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_policy_lets_in_this_style_and_nothing_else(name: str) -> None:
    page = _page(DOCUMENTS[name])
    policy = next(m.attributes["content"] for m in page.all("meta") if "http-equiv" in m.attributes)
    digest = base64.b64encode(hashlib.sha256(page.all("style")[0].text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_in_the_page_runs_loads_or_leads_outside(name: str) -> None:
    nodes = _every_node(_page(DOCUMENTS[name]))
    assert not {node.tag for node in nodes} & {"script", "img", "iframe", "object", "link", "form", "input", "base"}
    for node in nodes:
        assert not any(key.startswith("on") or key in {"style", "src", "action"} for key in node.attributes)
        assert node.attributes.get("href", "#").startswith("#")
    style = _page(DOCUMENTS[name]).all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style


def _every_node(node: Node) -> list[Node]:
    return [node, *(n for part in node.inside if isinstance(part, Node) for n in _every_node(part))]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_one_thing_on_the_page(name: str) -> None:
    nodes = _every_node(_page(DOCUMENTS[name]))
    ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    targets = {node.attributes["href"][1:] for node in nodes if "href" in node.attributes}
    assert targets <= set(ids)
    assert targets


def test_hostile_texts_come_out_as_texts_in_headings_cells_and_labels() -> None:
    page = _page(hostile_document())
    shown = [visible(text) for text in HOSTILE]
    headings = [
        node.text for level in "2345" for node in page.all(f"h{level}") if node.attributes.get("id", "x")[0] == "h"
    ]
    assert sorted(headings) == sorted(shown)
    assert [cell.text for cell in page.all("td")] == shown * 2
    assert page.all("h1")[0].text == shown[1]


def test_the_language_and_its_direction_are_the_document_s() -> None:
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        root = _page(example_document(language)).all("html")[0]
        assert root.attributes == {"lang": language, "dir": direction}


def test_printed_pages_bear_the_draft_and_their_number() -> None:
    style = _page(example_document()).all("style")[0].text
    assert '@top-center{content:"Draft\\2c  not' in style or '@top-center{content:"Draft, not' in style
    assert re.search(r'@bottom-center\{content:"Page "counter\(page\)" of "counter\(pages\)""\}', style)


def test_a_label_can_t_leave_its_string_in_the_style() -> None:
    from dataclasses import replace

    document = example_document()
    labels = tuple((key, '"}*{color:red}</style>\\' if key == "profile" else words) for key, words in document.labels)
    style = _page(replace(document, labels=labels)).all("style")[0].text
    assert "*{color:red}" not in style
