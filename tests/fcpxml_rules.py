"""The rules of FCPXML 1.10 for what talkies writes: a document type for lxml's validator.

Our own reading of Apple's reference pages (Final Cut Pro XML, document type definition 1.10), narrowed to the elements
that we write: attributes and the order of children are Apple's, what we never write is left out. Whatever is valid here
is valid there; no Final Cut Pro has seen it.
"""

from __future__ import annotations

import io
from pathlib import Path

from lxml import etree

_ANCHORED = "(asset-clip | caption)*"
_MARKERS = "(marker)*"
_CLIP = "lane CDATA #IMPLIED offset CDATA #IMPLIED name CDATA #IMPLIED start CDATA #IMPLIED enabled (0 | 1) '1'"

RULES = f"""
<!ELEMENT fcpxml (resources?, library)>
<!ATTLIST fcpxml version CDATA #FIXED "1.10">
<!ELEMENT resources (asset | format)*>
<!ELEMENT format EMPTY>
<!ATTLIST format id ID #REQUIRED name CDATA #IMPLIED frameDuration CDATA #IMPLIED width CDATA #IMPLIED
  height CDATA #IMPLIED colorSpace CDATA #IMPLIED>
<!ELEMENT asset (media-rep+)>
<!ATTLIST asset id ID #REQUIRED name CDATA #IMPLIED start CDATA #IMPLIED duration CDATA #IMPLIED
  hasVideo CDATA #IMPLIED format IDREF #IMPLIED hasAudio CDATA #IMPLIED videoSources CDATA #IMPLIED
  audioSources CDATA #IMPLIED audioChannels CDATA #IMPLIED audioRate CDATA #IMPLIED>
<!ELEMENT media-rep EMPTY>
<!ATTLIST media-rep kind (original-media | proxy-media) "original-media" src CDATA #REQUIRED>
<!ELEMENT library (event)*>
<!ELEMENT event (project)*>
<!ATTLIST event name CDATA #IMPLIED>
<!ELEMENT project (sequence)>
<!ATTLIST project name CDATA #IMPLIED>
<!ELEMENT sequence (spine)>
<!ATTLIST sequence format IDREF #REQUIRED duration CDATA #IMPLIED tcStart CDATA #IMPLIED
  tcFormat (DF | NDF) #IMPLIED audioLayout (mono | stereo | surround) #IMPLIED
  audioRate (32k | 44.1k | 48k | 88.2k | 96k | 176.4k | 192k) #IMPLIED>
<!ELEMENT spine (asset-clip | gap)*>
<!ELEMENT asset-clip (note?, conform-rate?, timeMap?, {_ANCHORED}, {_MARKERS})>
<!ATTLIST asset-clip ref IDREF #REQUIRED {_CLIP} duration CDATA #IMPLIED srcEnable (all | audio | video) "all"
  audioRole CDATA #IMPLIED videoRole CDATA #IMPLIED>
<!ELEMENT gap (note?, {_ANCHORED}, {_MARKERS})>
<!ATTLIST gap name CDATA #IMPLIED offset CDATA #IMPLIED start CDATA #IMPLIED duration CDATA #REQUIRED>
<!ELEMENT caption (text*)>
<!ATTLIST caption {_CLIP} duration CDATA #REQUIRED role CDATA #IMPLIED>
<!ELEMENT text (#PCDATA | text-style)*>
<!ELEMENT text-style (#PCDATA)>
<!ELEMENT note (#PCDATA)>
<!ELEMENT marker EMPTY>
<!ATTLIST marker start CDATA #REQUIRED duration CDATA #IMPLIED value CDATA #REQUIRED note CDATA #IMPLIED>
<!ELEMENT conform-rate EMPTY>
<!ATTLIST conform-rate scaleEnabled (0 | 1) "1"
  srcFrameRate (23.98 | 24 | 25 | 29.97 | 30 | 60 | 47.95 | 48 | 50 | 59.94) #IMPLIED>
<!ELEMENT timeMap (timept)*>
<!ELEMENT timept EMPTY>
<!ATTLIST timept time CDATA #REQUIRED value CDATA #REQUIRED interp (smooth2 | linear | smooth) "smooth2">
"""


def broken_rules(path: Path) -> list[str]:
    """What is against the rules in a file, one sentence each."""
    rules = etree.DTD(io.StringIO(RULES))
    document = etree.parse(str(path), etree.XMLParser(resolve_entities=False, load_dtd=False))
    rules.validate(document)
    return [f"line {error.line}: {error.message}" for error in rules.error_log]
