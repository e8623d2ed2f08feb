from __future__ import annotations

import pytest
from textual.app import App
from textual.color import Color

from tui.state.setting_values import THEME_NAMES
from tui.themes import THEMES, ansi_color, register_themes

TONES = ("success", "warning", "error", "accent", "primary", "secondary", "text-muted")
GROUNDS = ("background", "surface", "panel", "block-cursor-background")
PAIRS = [
    *((tone, ground) for tone in (*TONES, "foreground") for ground in GROUNDS),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    *(("button-color-foreground", ground) for ground in ("primary", "error", "success", "warning")),
]
COLOURED = [theme for theme in THEMES.values() if not theme.ansi]


def luminance(colour: Color) -> float:
    """Return the relative luminance, as WCAG 2.2 defines it."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_theme_that_can_be_set_is_there() -> None:
    assert tuple(THEMES) == THEME_NAMES


@pytest.mark.parametrize("name", [theme.name for theme in COLOURED])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_can_be_read_on_its_ground(name: str, text: str, ground: str) -> None:
    colours = THEMES[name].to_color_system().generate()

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize(
    ("text", "ground"), [pair for pair in PAIRS if pair[1] != "block-cursor-background"]
)
def test_high_contrast_is_high(text: str, ground: str) -> None:
    colours = THEMES["high-contrast"].to_color_system().generate()

    assert contrast(colours[text], colours[ground]) >= 7


def test_the_ansi_theme_has_no_colours_of_its_own() -> None:
    theme = THEMES["ansi"]
    colours = theme.to_color_system().generate()
    own = [colours[name] for name in (*TONES, *GROUNDS, "foreground", "border")]

    assert theme.ansi
    assert all(colour.startswith("ansi_") or colour == "transparent" for colour in own)


def test_all_themes_say_the_same_variables() -> None:
    coloured = [set(theme.variables) for theme in COLOURED]

    assert all(names == coloured[0] for names in coloured)


@pytest.mark.parametrize("name", THEME_NAMES)
async def test_a_theme_is_put_in_place_of_those_of_the_toolkit(name: str) -> None:
    app = App[None]()

    async with app.run_test(size=(40, 10)):
        register_themes(app, name)

        assert app.theme == name
        assert sorted(app.available_themes) == sorted(THEME_NAMES)


def test_without_colour_the_terminals_own_are_left_out() -> None:
    assert ansi_color({"NO_COLOR": "1"}) is True
    assert ansi_color({"NO_COLOR": ""}) is None
    assert ansi_color({}) is None
