"""Languages: BCP 47 tags, in lower case as a triple store keeps them.

See: https://www.rfc-editor.org/info/bcp47
"""

from functools import lru_cache
from typing import Final, Literal

import langcodes
from langcodes.tag_parser import LanguageTagError

from ld.vocabulary import ISO639_1, ISO639_2

#: The longest tag that is taken, in characters.
LONGEST: Final = 35

_REMEDY: Final = "write a BCP 47 tag, such as en, pt-br or grc"

# The codes of ISO 639-2 without one of two letters; id.loc.gov names no other of three.
_CODES: Final = """
ace ach ada ady afa afh ain akk ale alg alt ang anp apa arc arn arp art arw ast ath aus awa bad
bai bal ban bas bat bej bem ber bho bik bin bla bnt bra btk bua bug byn cad cai car cau ceb cel
chb chg chk chm chn cho chp chr chy cmc cnr cop cpe cpf cpp crh crp csb cus dak dar day del den
dgr din doi dra dsb dua dum dyu efi egy eka elx enm ewo fan fat fil fiu fon frm fro frr frs fur
gaa gay gba gem gez gil gmh goh gon gor got grb grc gsw gwi hai haw hil him hit hmn hsb hup iba
ijo ilo inc ine inh ira iro jbo jpr jrb kaa kab kac kam kar kaw kbd kha khi kho kmb kok kos kpe
krc krl kro kru kum kut lad lah lam lez lol loz lua lui lun luo lus mad mag mai mak man map mas
mdf mdr men mga mic min mis mkh mnc mni mno moh mos mul mun mus mwl mwr myn myv nah nai nap nds
new nia nic niu nog non nqo nso nub nwc nym nyn nyo nzi osa ota oto paa pag pal pam pap pau peo
phi phn pon pra pro raj rap rar roa rom rup sad sah sai sal sam sas sat scn sco sel sem sga sgn
shn sid sio sit sla sma smi smj smn sms snk sog son srn srr ssa suk sus sux syc syr tai tem ter
tet tig tiv tkl tlh tli tmh tog tpi tsi tum tup tut tvl tyv udm uga umb vai vot wak wal war was
wen xal yao yap ypk zap zbl zen zgh znd zun zxx zza
"""
_ISO_639_2: Final = frozenset(_CODES.split())

_SCRIPTS: Final = """
Adlm Arab Aran Armi Avst Chrs Cprt Elym Gara Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc Mero
Narb Nbat Nkoo Orkh Ougr Palm Phli Phlp Phnx Prti Rohg Samr Sarb Sogd Sogo Syrc Thaa Todr Yezi
"""
_RIGHT_TO_LEFT: Final = frozenset(_SCRIPTS.split())
# Where the likely script by CLDR is not the one of the editions that we have: Ancient Greek is
# not in the Cypriot syllabary, and Biblical Hebrew is unknown there.
_USUAL_SCRIPTS: Final = {"grc": "Grek", "hbo": "Hebr", "jrb": "Hebr", "jpr": "Hebr"}


def tag(text: str) -> str:
    """Give the language tag that a text states: well-formed, known and in its shortest form.

    Codes of three letters become those of two where there are any, and outdated ones today's.
    Raises: ValueError for anything else, names of languages included.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError(f"this is longer than {LONGEST} characters and no language: {_REMEDY}")
    return _tag(text)


@lru_cache(maxsize=1024)
def _tag(text: str) -> str:
    try:
        standard = langcodes.standardize_tag(text)
        known = langcodes.tag_is_valid(standard) and not standard.startswith("x-")
    except (LanguageTagError, LookupError, ValueError):
        known = False
    if not known:
        raise ValueError(f"{text!r} is no known language tag: {_REMEDY}")
    return standard.lower()


def authority(tag: str) -> str | None:
    """Give the IRI of a tag's language at id.loc.gov; None if it has none there.

    Two letters are in ISO 639-1, three in ISO 639-2; script and region do not matter.
    """
    code = tag.lower().split("-")[0]
    if len(code) == 2:
        return ISO639_1 + code
    return ISO639_2 + code if code in _ISO_639_2 else None


@lru_cache(maxsize=1024)
def direction(tag: str) -> Literal["ltr", "rtl"]:
    """Give the direction in which a language's script runs."""
    language = langcodes.Language.get(tag)
    usual = _USUAL_SCRIPTS.get(language.language or "")
    script = language.script or usual or language.maximize().script
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"
