"""Distance on the globe."""
import math

EARTH_MILES = 3958.7613


def miles_between(a, b):
    """The haversine formula, over mappings with latitude and longitude in degrees."""
    north1, north2 = math.radians(a["latitude"]), math.radians(b["latitude"])
    east = math.radians(b["longitude"] - a["longitude"])
    half = math.sin((north2 - north1) / 2) ** 2 + math.cos(north1) * math.cos(north2) * math.sin(east / 2) ** 2
    return 2 * EARTH_MILES * math.asin(math.sqrt(half))
