"""Do the colours carry their meanings for every eye and on both grounds?"""

from itertools import combinations

import numpy as np
import pytest

from core.ui.charts import palette

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
EYES = {
    "usual": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(color: str) -> np.ndarray:
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(color: str, eye: np.ndarray) -> np.ndarray:
    seen = np.clip(eye @ linear(color), 0, 1)
    x, y, z = TO_XYZ @ seen / np.array([0.95047, 1.0, 1.08883])
    f = [v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    light, dark = sorted((TO_XYZ[1] @ linear(c) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


MEANINGS = {
    "runways": [one.color for one in palette.RUNWAYS],
    "states": [one.color for one in palette.STATES],
    "daily": [palette.SALES, palette.AVERAGE, palette.PEAK],
}


@pytest.mark.parametrize("colors", MEANINGS.values(), ids=MEANINGS)
@pytest.mark.parametrize("eye", EYES.values(), ids=EYES)
def test_colours_that_stand_together_stay_apart_for_every_eye(
    colors: list[str], eye: np.ndarray
) -> None:
    for one, other in combinations(colors, 2):
        distance = np.linalg.norm(lab(one, eye) - lab(other, eye))
        assert distance > 10, (one, other)


@pytest.mark.parametrize("colors", MEANINGS.values(), ids=MEANINGS)
def test_every_colour_is_seen_on_the_light_and_on_the_dark_ground(
    colors: list[str],
) -> None:
    for color in colors:
        assert contrast(color, palette.LIGHT_BACKGROUND) >= 3
        assert contrast(color, palette.DARK_BACKGROUND) >= 3


@pytest.mark.parametrize(
    ("on_hand", "days", "expected"),
    [
        (0, 0.0, "Out of stock"),
        (None, None, "Out of stock"),
        (5, 13.9, "Critical: under 14 days"),
        (5, 14.0, "Low: under 30 days"),
        (5, 30.0, "Healthy"),
        (5, 179.9, "Healthy"),
        (5, 180.0, "Excess: 180 days or more"),
    ],
)
def test_days_of_cover_choose_the_class(
    on_hand: int | None, days: float | None, expected: str
) -> None:
    assert palette.runway(on_hand, days).label == expected


def test_stock_that_does_not_sell_has_no_class() -> None:
    assert palette.runway(7, None) is None
