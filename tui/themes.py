"""The colours, by theme; nowhere else is a colour named.

What a tone says, a glyph or a word says too. As text, each tone is readable on every
ground it stands on: `$success`, `$warning`, `$error`, `$accent` (busy), `$text-muted`
and `$primary` on `$background`, `$surface`, `$panel` and under the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.theme import Theme

from tui.state.setting_values import THEME_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

T = TypeVar("T")

__all__ = ("THEMES", "ansi_color", "register_themes")

_DARK = Theme(
    "dark",
    primary="#82aaff",
    secondary="#c099ff",
    success="#7fd69a",
    warning="#f0c674",
    error="#ff8590",
    accent="#6cc7e6",
    foreground="#d5dce6",
    background="#11151c",
    surface="#151a22",
    panel="#1f2733",
    boost="#242d3a",
    variables={
        "text-muted": "#9aa7b9",
        "foreground-muted": "#9aa7b9",
        "border": "#82aaff",
        "border-blurred": "#3a4658",
        "block-cursor-background": "#283a57",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#232c3a",
        "block-cursor-blurred-foreground": "#d5dce6",
        "button-color-foreground": "#11151c",
        "button-focus-text-style": "bold reverse",
        "footer-background": "#1f2733",
        "footer-key-foreground": "#82aaff",
        "footer-description-foreground": "#aab5c5",
        "scrollbar": "#3a4658",
        "scrollbar-hover": "#4d5c73",
        "scrollbar-active": "#82aaff",
        "scrollbar-background": "#151a22",
        "input-selection-background": "#2c3f5e",
    },
)

_LIGHT = Theme(
    "light",
    dark=False,
    primary="#1d5bbf",
    secondary="#6f3fc0",
    success="#17692f",
    warning="#7a5000",
    error="#b01f2e",
    accent="#0a607a",
    foreground="#1b2430",
    background="#f3f5f8",
    surface="#ffffff",
    panel="#e6eaf0",
    boost="#dde3eb",
    variables={
        "text-muted": "#556070",
        "foreground-muted": "#556070",
        "border": "#1d5bbf",
        "border-blurred": "#b6c0cd",
        "block-cursor-background": "#cfe0fa",
        "block-cursor-foreground": "#0b1a30",
        "block-cursor-blurred-background": "#e3e9f1",
        "block-cursor-blurred-foreground": "#1b2430",
        "button-color-foreground": "#ffffff",
        "button-focus-text-style": "bold reverse",
        "footer-background": "#e6eaf0",
        "footer-key-foreground": "#1d5bbf",
        "footer-description-foreground": "#3d4857",
        "scrollbar": "#b6c0cd",
        "scrollbar-hover": "#98a5b6",
        "scrollbar-active": "#1d5bbf",
        "scrollbar-background": "#f3f5f8",
        "input-selection-background": "#cfe0fa",
    },
)

_HIGH_CONTRAST = Theme(
    "high-contrast",
    primary="#9fd0ff",
    secondary="#ffb3ff",
    success="#66ff80",
    warning="#ffe14d",
    error="#ffa3a3",
    accent="#66f0ff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    boost="#262626",
    variables={
        "text-muted": "#d0d0d0",
        "foreground-muted": "#d0d0d0",
        "border": "#ffffff",
        "border-blurred": "#8c8c8c",
        "block-cursor-background": "#003a80",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#4d4d4d",
        "block-cursor-blurred-foreground": "#ffffff",
        "button-color-foreground": "#000000",
        "button-focus-text-style": "bold reverse",
        "footer-background": "#1c1c1c",
        "footer-key-foreground": "#ffe14d",
        "footer-description-foreground": "#ffffff",
        "scrollbar": "#8c8c8c",
        "scrollbar-hover": "#b3b3b3",
        "scrollbar-active": "#ffffff",
        "scrollbar-background": "#000000",
        "input-selection-background": "#004a9f",
    },
)

# The terminal's own 16 colours on its own ground, whether that is dark or light: so
# what is chosen is reversed, and nothing is black, white or grey.
_ANSI = Theme(
    "ansi",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_magenta",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "foreground-muted": "ansi_default",
        "background-muted": "ansi_default",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_blue",
        "border-blurred": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-text-style": "reverse",
        "block-cursor-blurred-background": "ansi_default",
        "block-cursor-blurred-foreground": "ansi_default",
        "block-cursor-blurred-text-style": "underline",
        "footer-key-foreground": "ansi_cyan",
        "scrollbar": "ansi_blue",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
        "input-selection-background": "ansi_cyan",
        "screen-selection-background": "ansi_cyan",
    },
)

THEMES: Mapping[str, Theme] = {
    theme.name: theme for theme in (_DARK, _LIGHT, _HIGH_CONTRAST, _ANSI)
}
"""Every theme by its name, those of `THEME_NAMES`."""


def ansi_color(environment: Mapping[str, str]) -> bool | None:
    """Return what `App` must be told as `ansi_color`.

    With `NO_COLOR`, Textual shows grey in place of colour unless it is told, when it
    is made, that the terminal's own colours are used; these it leaves out.
    """
    return True if environment.get("NO_COLOR") else None


def register_themes(app: App[T], name: str) -> None:
    """Make the themes known to an app, in place of Textual's own, and choose one."""
    for theme in THEMES.values():
        app.register_theme(theme)
    app.theme = name
    for other in tuple(app.available_themes):
        if other not in THEME_NAMES:
            app.unregister_theme(other)
