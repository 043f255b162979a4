"""Every limit on files from outside, in one place."""

from typing import Final

MIB: Final = 1024 * 1024

MAX_ORDER_BYTES: Final = 20 * MIB
MAX_EVIDENCE_BYTES: Final = 25 * MIB
MAX_TEXT_CHARS: Final = 1_000_000

# An office file of 25 MiB has some hundreds of parts; 5 000 leave room for a document full of pictures.
MAX_ZIP_PARTS: Final = 5_000
MAX_ZIP_DIRECTORY_BYTES: Final = MIB
MAX_ZIP_UNPACKED_BYTES: Final = 256 * MIB
# Office XML shrinks 10 to 60 times; only what unpacks to more than the floor is judged by its ratio.
MAX_ZIP_RATIO: Final = 150
ZIP_RATIO_FLOOR_BYTES: Final = 8 * MIB

# Elements are counted with their attributes: a hundred pages by Word have some 300 000, revision marks included.
MAX_BODY_XML_BYTES: Final = 32 * MIB
MAX_BODY_XML_ELEMENTS: Final = 700_000
MAX_SIDE_XML_BYTES: Final = 8 * MIB
MAX_SIDE_XML_ELEMENTS: Final = 300_000
MAX_XML_DEPTH: Final = 500
MAX_XML_NAMES: Final = 2_000
# Between one tag and the next, text included; pictures of old Word stand in attributes of some 100 KB.
MAX_XML_TAG_BYTES: Final = MIB

MAX_PDF_PAGES: Final = 300
PDF_CPU_SECONDS: Final = 20
# Below the half minute after which web servers give up on a request.
PDF_WALL_SECONDS: Final = 25
PDF_MEMORY_BYTES: Final = 768 * MIB

# The template of a letter with a coat of arms is some 100 KB.
MAX_LETTER_TEMPLATE_BYTES: Final = 2 * MIB
# What fields and loops make of one part of it.
MAX_LETTER_PART_CHARS: Final = 16 * MIB
LETTER_CPU_SECONDS: Final = 20
LETTER_WALL_SECONDS: Final = 25
LETTER_MEMORY_BYTES: Final = 768 * MIB
