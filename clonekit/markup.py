"""What the pages of HTML have in common: a frame, a style, and text from outside made harmless. Pure.

A page needs nothing but itself: no script, no font, no address. What comes from a database is data, and what can't be
seen in a browser (control characters, marks that turn the direction of writing, odd blanks) is spelled out.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

_STYLE = """
:root { --page: #fff; --ink: #1c1e21; --faint: #646a73; --edge: #d5d9de; --band: #f4f5f7; --link: #0a58ad;
  --gone: #ffebe9; --gone-word: #ffb8b0; --new: #e4f7e8; --new-word: #98dfa8; --bad: #b3261e; --good: #1a7434 }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #16181c; --ink: #e3e6ea; --faint: #99a1ac; --edge: #373c44; --band: #202329; --link: #7ab8ff;
    --gone: #3d1f22; --gone-word: #8a3038; --new: #16321f; --new-word: #22683a; --bad: #ff8a80; --good: #6fd08c } }
* { box-sizing: border-box }
html { color-scheme: light dark; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
body { max-width: 110em; margin: 0 auto; padding: 1.5em }
h1, h2, h3, dd, li, .sides th, .note { overflow-wrap: anywhere }
h1 { margin: 0; font-size: 1.7em } h1.ok { color: var(--good) } h1.diff { color: var(--bad) }
h2 { margin: 2em 0 .6em; font-size: 1.25em }
h3 { margin: 2em 0 .4em; font-size: 1em; font-family: ui-monospace, monospace }
h3 a { color: var(--faint); text-decoration: none } a { color: var(--link) }
small { color: var(--faint); font: 13px system-ui, sans-serif }
dt { font-weight: 600 } dd { margin: 0 0 .5em 1.5em } ul, ol { margin: 0; padding-left: 1.5em }
summary { cursor: pointer; font-weight: 600 }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.45 ui-monospace, monospace }
details ol { columns: 24em; margin-bottom: .8em } details li { break-inside: avoid; padding-right: 1em }
table { border-collapse: collapse }
.counts th, .counts td { padding: .2em .6em; border: 1px solid var(--edge); text-align: right }
.counts th:first-child { text-align: left; font-weight: normal }
.counts thead, .counts tfoot { background: var(--band) }
article { content-visibility: auto; contain-intrinsic-size: auto 14em }
.sides { width: 100%; table-layout: fixed; border: 1px solid var(--edge); font: 13px/1.45 ui-monospace, monospace }
.sides th { padding: .2em .6em; text-align: left; background: var(--band); border-bottom: 1px solid var(--edge) }
.sides td { padding: 0 .6em; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4 }
.sides .n { padding: 0 .4em; text-align: right; white-space: nowrap; color: var(--faint); user-select: none }
.n.a::after { content: " \\2212" } .n.b::after { content: " +" }
.sides th + th, .sides .n:nth-child(3) { border-left: 1px solid var(--edge) }
.a { background: var(--gone) } .b { background: var(--new) } .x { background: var(--band); color: var(--faint) }
.sides td.cut { text-align: center; background: var(--band); color: var(--faint); font-family: system-ui, sans-serif }
del, ins { text-decoration: none; border-radius: 2px } del { background: var(--gone-word) }
ins { background: var(--new-word) }
.u { color: var(--bad); border-bottom: 1px dotted } del .u, ins .u { color: inherit }
.number { width: 4.6em }
@media print {
  html { font-size: 10pt } body { max-width: none; padding: 0 } .sides { font-size: 7.5pt }
  article { content-visibility: visible } h2, h3, thead { break-after: avoid } tr { break-inside: avoid }
  .one { break-inside: auto } h3 a { display: none } del, ins { text-decoration: underline }
  * { print-color-adjust: exact } }
"""


def document(title: str, body: str, style: str = "") -> str:
    """Return a page; its title is plain text, its body HTML, `style` what it needs beside the style of all pages."""
    style = _STYLE + style
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(plain(title))}</title>
<style>{style}</style></head><body>
{body}</body></html>
"""


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def shown(text: str) -> str:
    """Return text as HTML, what can't be seen spelled out; line by line, so a line feed is spelled out too."""
    if text.isprintable():
        return escape(text)
    return "".join(
        escape(each) if each.isprintable() or each == "\t" else f'<span class="u">{_spelled(each)}</span>'
        for each in text
    )


def plain(text: str) -> str:
    """Return text on one line, for where no markup can be; not escaped."""
    return text if text.isprintable() else "".join(each if each.isprintable() else _spelled(each) for each in text)


def _spelled(character: str) -> str:
    # Not Unicode's pictures of control characters: many fonts lack them.
    return {"\n": "[LF]", "\r": "[CR]"}.get(character, f"[U+{ord(character):04X}]")
