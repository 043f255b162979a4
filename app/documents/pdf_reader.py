"""The program that reads a PDF, run as a process of its own under limits; see `pdf_text`.

Reads the file from standard input and writes one line of JSON: a verdict, and the text of the pages. It imports
nothing of the product, so that it starts fast and runs isolated (`python -I`).
"""

import json
import logging
import resource
import sys
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError


class _TooLongError(Exception):
    pass


def main() -> None:
    memory, cpu_seconds, max_pages, max_chars = (int(argument) for argument in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The first limit ends the process by a signal, the second kills it for good.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    verdict, pages = "broken", [""]
    try:
        verdict, pages = _read(sys.stdin.buffer.read(), max_pages, max_chars)
    except (MemoryError, RecursionError):
        verdict = "complex"
    except _TooLongError:
        verdict = "long"
    except DependencyError:
        # Only decryption needs more than pypdf itself.
        verdict = "protected"
    except PyPdfError:
        verdict = "broken"
    except Exception:  # noqa: BLE001 - pypdf lets any error of Python through on a damaged file
        verdict = "broken"
    json.dump({"verdict": verdict, "pages": pages}, sys.stdout)


def _read(content: bytes, max_pages: int, max_chars: int) -> tuple[str, list[str]]:
    reader = PdfReader(BytesIO(content))
    # Many files are locked against editing only, and open without a password.
    if reader.is_encrypted and not reader.decrypt(""):
        return "protected", []
    if len(reader.pages) > max_pages:
        return "pages", []
    pages: list[str] = []
    left = max_chars
    for page in reader.pages:
        text = page.extract_text()
        left -= len(text)
        if left < 0:
            raise _TooLongError
        pages.append(text)
    return "text", pages


if __name__ == "__main__":
    main()
