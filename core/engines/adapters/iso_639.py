"""ISO 639-3 to BCP 47: models name their language by three letters, timelines by two where there are two."""

from __future__ import annotations

from talkies.core.languages import main_language

_SHORT = """
aaraa abkab afraf akaak amham araar argan asmas avaav aveae aymay azeaz bakba bambm belbe benbn bisbi bodbo
bosbs brebr bulbg catca cescs chach chece chucu chvcv corkw cosco crecr cymcy danda deude divdv dzodz ellel
engen epoeo estet euseu eweee faofo fasfa fijfj finfi frafr fryfy fulff glagd glega glggl glvgv grngn gujgu
hatht hauha hebhe herhz hinhi hmoho hrvhr hunhu hyehy iboig idoio iiiii ikuiu ileie inaia indid ipkik islis
itait javjv jpnja kalkl kankn kasks katka kaukr kazkk khmkm kikki kinrw kirky komkv konkg korko kuakj kurku
laolo latla lavlv limli linln litlt ltzlb lublu luglg mahmh malml marmr mkdmk mlgmg mltmt monmn mrimi msams
myamy nauna navnv nblnr ndend ndong nepne nldnl nnonn nobnb norno nyany ocioc ojioj orior ormom ossos panpa
plipi polpl porpt pusps quequ rohrm ronro runrn rusru sagsg sansa sinsi slksk slvsl smese smosm snasn sndsd
somso sotst spaes sqisq srdsc srpsr sswss sunsu swasw swesv tahty tamta tattt telte tgktg tgltl thath tirti
tonto tsntn tsots tuktk turtr twitw uigug ukruk urdur uzbuz venve vievi volvo wlnwa wolwo xhoxh yidyi yoryo
zhaza zhozh zulzu
"""
"""Three letters and the two that ISO 639-1 has for them."""
_PARTS = "alssq arbar azjaz cmnzh ekket khkmn lvslv npine oryor pesfa pltmg swhsw uznuz zlmms"
"""Languages that go by the two letters of the larger one they belong to."""
_TWO = {each[:3]: each[3:] for each in f"{_SHORT} {_PARTS}".split()}


def bcp_47(code: str) -> str:
    """The tag of a language: "nld" → "nl", "uzb-script_cyrillic" → "uz"; what is not in the table stays as it is."""
    first = main_language(code)
    return _TWO.get(first, first)
