"""Texts that harm a terminal, or a table, that does not take care."""

from __future__ import annotations

__all__ = ("HOSTILE_TEXTS",)

HOSTILE_TEXTS = (
    "\x1b[31mred alert\x1b[0m \x1b[2J\x1b[H a cleared screen",
    "\x1b]0;another title\x07 and \x1b]52;c;aGVsbG8=\x07 in the clipboard",
    "[bold red]markup[/bold red] [link=file:///etc/passwd]click[/link] [/nothing]",
    "[@click=app.quit]press me[/] :boom: $primary",
    "safe\u202egpj.exe\u202c and \u2066isolated\u2069",
    "a\tb\r\nc\x0bd\x0ce\u0085f\u2028g\u2029h",
    "wide 表格宽度 and zero\u200bwidth\u200d\ufeff and n\u0303o\u0303 combining",
    "emoji 👩🏽‍🚀🏳️‍🌈👨‍👩‍👧‍👦 flags 🇦🇶🇺🇳 keycap 1️⃣",
    "\x9b31mone byte\x9b0m and a bell\x07 and back\x08\x08space and delete\x7f",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "'; DROP TABLE batches; -- {{7*7}} %s%n",
    "x" * 3000,
)
