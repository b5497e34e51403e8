"""Decodes a source's text that a reader hands in, or refuses it with the sentence that says why."""

LARGEST = 2_000_000
"""Bytes of a source text that is read; a newspaper page has some tens of thousands."""
MOST_PASTED = 100_000
"""Characters of a text that is checked on the page; a visitor's message to the server holds no more than 1 MB."""
MOST_LINES = 10_000
"""Lines of a text that is shown on the page."""


class UnreadableTextError(Exception):
    """A text that is not audited; its argument is the key of the sentence that says why."""


def read_text(content: bytes) -> str:
    """Return the text of a source file in UTF-8, UTF-16 with a mark, or GB18030; raise UnreadableTextError."""
    if len(content) > LARGEST:
        raise UnreadableTextError("audit.too_large")
    if not content.strip():
        raise UnreadableTextError("audit.empty")
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(c in text for c in "\x00\ufffd\x01\x02\x03\x04"):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableTextError("audit.not_text")


def read_page(content: bytes) -> str:
    """Return a text that is short enough to be shown on a page; raise UnreadableTextError."""
    text = read_text(content)
    if len(text) > MOST_PASTED:
        raise UnreadableTextError("audit.too_long")
    if text.count("\n") > MOST_LINES:
        raise UnreadableTextError("audit.too_dense")
    return text
