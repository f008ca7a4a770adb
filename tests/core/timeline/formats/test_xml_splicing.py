"""Edits of XML text: what is not meant stays byte for byte."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from talkies.core.timeline.formats.xml_splicing import as_bytes, edited, inserted, removed, root_of, with_attribute

TEXT = b"""<?xml version='1.0' encoding='latin-1'?><!DOCTYPE a>
<!-- <a> --><a b="1>2" c='\xe4'><b/><c  ></c><d>t<e/></d ></a><!-- end -->"""


def test_children_at_the_end_before_another_and_in_an_empty_element() -> None:
    root = root_of(TEXT)
    new = Element("n", k='ä<"')
    written = b'<n k="&#228;&lt;&quot;" />\n'
    assert edited(TEXT, [inserted(TEXT, root, [new])]) == TEXT.replace(b"</a><!", written + b"</a><!")
    assert edited(TEXT, [inserted(TEXT, root, [new], root.find("c"))]) == TEXT.replace(b"<c ", written + b"<c ")
    empty = root.find("b")
    assert empty is not None
    assert edited(TEXT, [inserted(TEXT, empty, [new])]) == TEXT.replace(b"<b/>", b"<b>\n" + written + b"</b>")
    inner = root.find("d", "e")
    assert inner is not None and TEXT[inner.start : inner.end] == b"<e/>"


def test_removing_and_attributes() -> None:
    root = root_of(TEXT)
    d = root.find("d")
    assert d is not None and d.text == "t"
    changed = edited(TEXT, [removed(d), with_attribute(TEXT, root, "c", "ö"), with_attribute(TEXT, root, "z", "1")])
    expected = TEXT.replace(b"<d>t<e/></d >", b"").replace(b"c='\xe4'>", b'c="&#246;" z="1">')
    assert changed == expected
    assert edited(TEXT, []) == TEXT


def test_edits_at_one_place_come_in_the_order_given() -> None:
    root = root_of(TEXT)
    edits = [inserted(TEXT, root, [Element(name)], root.find("c")) for name in ("x", "y")]
    assert edited(TEXT, edits) == TEXT.replace(b"<c ", b"<x />\n<y />\n<c ")


def test_what_xml_cannot_hold_is_left_out() -> None:
    element = Element("x", k="a\x00b\ud800")
    element.text = "\x0b1\ufffe"
    assert as_bytes(element) == b'<x k="ab">1</x>'
