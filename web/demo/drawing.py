"""Small pictures of a screen, drawn dot by dot: what a person attaches to show an error."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 480, 300
Colour = tuple[int, int, int]

PAGE: Colour = (246, 246, 248)
BAR: Colour = (222, 224, 230)
INK: Colour = (40, 44, 56)
PALE: Colour = (206, 209, 217)
WHITE: Colour = (255, 255, 255)
RED: Colour = (186, 40, 46)
PINK: Colour = (252, 233, 233)
GREY: Colour = (150, 154, 164)

# Letters of five dots by seven, a row a number, its highest bit on the left.
_LETTERS = {
    "A": (14, 17, 17, 31, 17, 17, 17), "B": (30, 17, 17, 30, 17, 17, 30),
    "C": (14, 17, 16, 16, 16, 17, 14), "D": (30, 17, 17, 17, 17, 17, 30),
    "E": (31, 16, 16, 30, 16, 16, 31), "F": (31, 16, 16, 30, 16, 16, 16),
    "G": (14, 17, 16, 23, 17, 17, 15), "H": (17, 17, 17, 31, 17, 17, 17),
    "I": (14, 4, 4, 4, 4, 4, 14), "J": (7, 2, 2, 2, 2, 18, 12),
    "K": (17, 18, 20, 24, 20, 18, 17), "L": (16, 16, 16, 16, 16, 16, 31),
    "M": (17, 27, 21, 21, 17, 17, 17), "N": (17, 25, 21, 19, 17, 17, 17),
    "O": (14, 17, 17, 17, 17, 17, 14), "P": (30, 17, 17, 30, 16, 16, 16),
    "Q": (14, 17, 17, 17, 21, 18, 13), "R": (30, 17, 17, 30, 20, 18, 17),
    "S": (15, 16, 16, 14, 1, 1, 30), "T": (31, 4, 4, 4, 4, 4, 4),
    "U": (17, 17, 17, 17, 17, 17, 14), "V": (17, 17, 17, 17, 17, 10, 4),
    "W": (17, 17, 17, 21, 21, 27, 17), "X": (17, 17, 10, 4, 10, 17, 17),
    "Y": (17, 17, 10, 4, 4, 4, 4), "Z": (31, 1, 2, 4, 8, 16, 31),
    "0": (14, 17, 19, 21, 25, 17, 14), "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 6, 8, 16, 31), "3": (30, 1, 1, 14, 1, 1, 30),
    "4": (2, 6, 10, 18, 31, 2, 2), "5": (31, 16, 30, 1, 1, 17, 14),
    ".": (0, 0, 0, 0, 0, 12, 12), "'": (4, 4, 8, 0, 0, 0, 0),
    ":": (0, 12, 12, 0, 12, 12, 0), "-": (0, 0, 0, 14, 0, 0, 0), "!": (4, 4, 4, 4, 4, 0, 4),
}  # fmt: skip


class Canvas:
    """A grid of coloured dots; (0, 0) is the top left."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, ground: Colour = PAGE) -> None:
        self.width, self.height = width, height
        self.dots = bytearray(bytes(ground) * (width * height))

    def box(self, x: int, y: int, width: int, height: int, colour: Colour) -> None:
        row = bytes(colour) * width
        for line in range(y, y + height):
            start = 3 * (line * self.width + x)
            self.dots[start : start + len(row)] = row

    def write(self, x: int, y: int, text: str, colour: Colour = INK, size: int = 2) -> None:
        for letter in text.upper():
            for line, row in enumerate(_LETTERS.get(letter, ())):
                for column in range(5):
                    if row & (16 >> column):
                        self.box(x + column * size, y + line * size, size, size, colour)
            x += 6 * size

    def png(self) -> bytes:
        """The picture as a PNG file, eight bits a colour, no filter."""
        stride = 3 * self.width
        rows = (self.dots[n : n + stride] for n in range(0, len(self.dots), stride))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            _chunk(kind, content)
            for kind, content in (
                (b"IHDR", header),
                (b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 9)),
                (b"IEND", b""),
            )
        )


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


# The messages that screens show: a title, then the line in the red box.
SCREENS = (
    ("Ma demande - etape 3", ("Une erreur technique", "est survenue.")),
    ("Mes documents", ("Le fichier n'a pas pu", "etre ajoute.")),
    ("Connexion", ("Identifiant ou mot", "de passe incorrect.")),
    ("Recapitulatif", ("Les informations saisies", "ne correspondent pas.")),
    ("Mon titre precedent", ("Votre titre precedent", "n'a pas ete remis.")),
    ("Photo et signature", ("Code inconnu ou", "deja utilise.")),
)


def screenshot(variant: int) -> bytes:
    """A browser window with an error in it, as a PNG file."""
    title, lines = SCREENS[variant % len(SCREENS)]
    canvas = Canvas()
    canvas.box(0, 0, WIDTH, 30, BAR)
    for n, colour in enumerate((RED, GREY, PALE)):
        canvas.box(12 + 18 * n, 10, 10, 10, colour)
    canvas.box(80, 7, 380, 16, WHITE)
    canvas.write(24, 48, title, INK)
    canvas.box(24, 76, 432, 70, RED)
    canvas.box(28, 76, 428, 70, PINK)
    for n, line in enumerate(lines):
        canvas.write(44, 90 + 24 * n, line, RED)
    for n in range(2):
        canvas.box(24, 166 + 44 * n, 160, 8, PALE)
        canvas.box(24, 180 + 44 * n, 432, 22, WHITE)
    canvas.box(24, 262, 130, 26, GREY)
    canvas.write(44, 268, "Suivant", WHITE)
    return canvas.png()


def photograph(variant: int) -> bytes:
    """A portrait as booths make them, with nobody in it, as a PNG file."""
    canvas = Canvas(210, 270, (228 - 4 * (variant % 3), 232, 238))
    shade = 120 + 12 * (variant % 5)
    for line in range(80):  # a head
        half = int((1600 - (line - 40) ** 2) ** 0.5)
        canvas.box(105 - half, 60 + line, 2 * half, 1, (shade, shade, shade + 8))
    for line in range(110):  # shoulders
        half = min(95, 30 + line)
        canvas.box(105 - half, 160 + line, 2 * half, 1, (shade - 40, shade - 36, shade - 20))
    return canvas.png()
