"""Pictures of the town. The gazetteer is public: any atlas has the sectors, any address file the units."""
import json
import pathlib
import struct
import zlib

GAZETTEER = json.loads((pathlib.Path(__file__).parent / "gazetteer.json").read_text())

PALETTE = bytes([244, 240, 230,  205, 200, 190,  150, 190, 220,  200, 30, 40])
LAND, STREET, RIVER, PIN = range(4)


def town():
    """Rows of palette indexes: land, a street along each sector's border, and the river."""
    width, height = GAZETTEER["map"]["width"], GAZETTEER["map"]["height"]
    rows = [bytearray(width) for _ in range(height)]
    for sector in GAZETTEER["sectors"]:
        left, top, right, bottom = sector["box"]
        rows[top][left:right] = bytes([STREET]) * (right - left)
        for y in range(top, bottom):
            rows[y][left] = STREET
    for x in range(width):
        for y in range(x // 3 + 20, x // 3 + 23):
            rows[y][x] = RIVER
    return rows


def with_pin(rows, latitude, longitude, radius=3):
    """The same map with a red square around a place."""
    corner, scale = GAZETTEER["corner"], GAZETTEER["degrees_per_pixel"]
    x = round((longitude - corner["longitude"]) / scale["longitude"])
    y = round((latitude - corner["latitude"]) / scale["latitude"])
    for row in rows[max(0, y - radius):y + radius + 1]:
        left, right = max(0, x - radius), min(len(row), x + radius + 1)
        row[left:right] = bytes([PIN]) * (right - left)
    return rows


def png(rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"PLTE", PALETTE)
            + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))
