"""What are the made-up goods called? Ordinary things for home and gifts."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from core.spapi.sandbox.world.model import Goods, Ints

_NOUNS = (
    # English, German, Japanese, stem of the SKU, price in US dollars, gift
    ("Stainless Steel Water Bottle", "Edelstahl-Trinkflasche", "水筒", "BTL", 19, 0),
    ("Scented Soy Candle", "Duftkerze aus Sojawachs", "アロマキャンドル", "CDL", 14, 1),
    ("Bamboo Cutting Board", "Schneidebrett aus Bambus", "竹製まな板", "BRD", 22, 0),
    ("Cotton Tea Towels", "Geschirrtücher aus Baumwolle", "ふきん", "TWL", 12, 0),
    ("Glass Storage Jar", "Vorratsglas", "保存瓶", "JAR", 9, 0),
    ("Heart Shaped Photo Frame", "Bilderrahmen in Herzform", "写真立て", "FRM", 11, 1),
    ("LED String Lights", "LED-Lichterkette", "イルミネーションライト", "LGT", 15, 1),
    ("Ceramic Coffee Mug", "Kaffeebecher aus Keramik", "マグカップ", "MUG", 10, 1),
    ("Felt Christmas Stocking", "Weihnachtsstrumpf aus Filz", "靴下飾り", "XST", 13, 1),
    ("Wooden Advent Calendar", "Adventskalender aus Holz", "カレンダー", "XAC", 34, 1),
    ("Fleece Throw Blanket", "Kuscheldecke aus Fleece", "ブランケット", "BLK", 24, 1),
    ("Digital Kitchen Scale", "Digitale Küchenwaage", "キッチンスケール", "SCL", 17, 0),
    ("Silicone Baking Mat", "Backmatte aus Silikon", "ベーキングマット", "BKM", 12, 0),
    ("Garden Kneeling Pad", "Kniekissen für den Garten", "ひざ当て", "GKP", 13, 0),
    ("Lunch Bag", "Lunchtasche", "ランチバッグ", "LBG", 16, 0),
    ("Party Paper Plates", "Pappteller für Partys", "紙皿", "PLT", 8, 0),
    ("Birthday Bunting Banner", "Geburtstagsgirlande", "ガーランド", "BNT", 7, 0),
    ("Gift Wrap Set", "Geschenkpapier-Set", "ラッピングセット", "GWR", 12, 1),
    ("Travel Toiletry Bag", "Kulturbeutel für Reisen", "洗面用具入れ", "TLB", 18, 0),
    ("Yoga Mat", "Yogamatte", "ヨガマット", "YGM", 26, 0),
    ("Dog Chew Toy", "Kauspielzeug für Hunde", "犬用おもちゃ", "DOG", 11, 0),
    ("Plant Pot with Saucer", "Blumentopf mit Untersetzer", "植木鉢", "POT", 15, 0),
    ("Wall Clock", "Wanduhr", "掛け時計", "CLK", 23, 0),
    ("Door Mat", "Fußmatte", "玄関マット", "DRM", 21, 0),
    ("Jewellery Box", "Schmuckkästchen", "ジュエリーボックス", "JWL", 25, 1),
    ("Recipe Notebook", "Rezeptbuch zum Selbstschreiben", "レシピノート", "NTB", 12, 1),
    ("Cushion Cover", "Kissenbezug", "クッションカバー", "CSH", 13, 0),
    ("Laundry Basket", "Wäschekorb", "洗濯かご", "LDB", 28, 0),
    ("Tea Light Holder", "Teelichthalter", "キャンドルホルダー", "TLH", 12, 1),
    (
        "Reusable Shopping Bag",
        "Wiederverwendbare Einkaufstasche",
        "エコバッグ",
        "BAG",
        9,
        0,
    ),
    ("Measuring Spoons", "Messlöffel", "計量スプーン", "MSP", 9, 0),
    ("Hot Water Bottle", "Wärmflasche", "湯たんぽ", "HWB", 18, 1),
)
_STYLES = (
    ("Classic", "Klassisch", "クラシック"),
    ("Vintage", "Vintage", "ヴィンテージ"),
    ("Modern", "Modern", "モダン"),
    ("Rustic", "Rustikal", "素朴な"),
    ("Floral", "Geblümt", "花柄"),
    ("Retro Spot", "Retro gepunktet", "水玉"),
    ("Large", "Groß", "大"),
    ("Small", "Klein", "小"),
)
_COLOURS = (
    ("Navy Blue", "Marineblau", "紺"),
    ("Ivory", "Elfenbein", "アイボリー"),
    ("Sage Green", "Salbeigrün", "緑"),
    ("Blush Pink", "Altrosa", "ピンク"),
    ("Charcoal", "Anthrazit", "黒"),
    ("Terracotta", "Terrakotta", "茶"),
    ("White", "Weiß", "白"),
    ("Red", "Rot", "赤"),
)
_BRANDS = ("Hearth & Fern", "Maison Élise", "Oak Lane", "Nordhus", "Little Lantern")
_PACKS = (1, 1, 1, 2, 4, 6)
LANGUAGES = {"DE": "de", "JP": "ja"}
"""The language of a marketplace's titles where it is not English."""


def code(seed: object, text: str, length: int) -> str:
    """Return letters and digits that depend on nothing but the arguments."""
    digest = hashlib.sha256(f"{seed}:{text}".encode()).digest()
    alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:length])


def goods(count: int, seed: int, stranded_from: Ints) -> Goods:
    """Return so many goods, the same for the same seed."""
    rng = np.random.default_rng([seed, 1])
    noun = np.arange(count) % len(_NOUNS)
    style = rng.integers(len(_STYLES), size=count)
    colour = rng.integers(len(_COLOURS), size=count)
    pack = rng.integers(len(_PACKS), size=count)
    brand = rng.integers(len(_BRANDS), size=count)
    price = np.array([_NOUNS[n][4] for n in noun], float)
    price = np.round(price * rng.uniform(0.8, 1.7, count)) + 0.99
    rows = list(zip(noun, style, colour, pack, brand, strict=True))
    return Goods(
        sku=_objects(
            f"{_NOUNS[n][3]}-{_COLOURS[c][0][:3].upper()}-{i:05d}"
            for i, (n, _s, c, _p, _b) in enumerate(rows)
        ),
        asin=_objects(f"B0{code(seed, f'asin{i}', 8)}" for i in range(count)),
        fnsku=_objects(f"X00{code(seed, f'fnsku{i}', 7)}" for i in range(count)),
        brand=_objects(_BRANDS[b] for b in brand),
        titles={
            name: _objects(_title(row, language) for row in rows)
            for language, name in enumerate(("en", "de", "ja"))
        },
        price=price,
        stranded_from=stranded_from,
    )


def is_gift(count: int) -> Ints:
    """Tell which of the goods sell mostly before Christmas."""
    return np.array([_NOUNS[i % len(_NOUNS)][5] for i in range(count)], bool)


def _title(row: Sequence[Any], language: int) -> str:
    noun, style, colour, pack, brand = row
    parts = [
        _BRANDS[brand],
        _STYLES[style][language],
        str(_NOUNS[noun][language]),
        _COLOURS[colour][language],
    ]
    units = _PACKS[pack]
    if units > 1:
        parts.append(
            (f"Pack of {units}", f"{units}er-Set", f"{units}個セット")[language]
        )
    return " ".join(parts)


def _objects(values: Iterable[str]) -> Ints:
    listed = list(values)
    found = np.empty(len(listed), object)
    found[:] = listed
    return found
