"""Scores what was heard against what was said, by PESQ wideband (ITU-T P.862.2).

Reads JSON from stdin, {"pieces": [{"said": WAV, NAME: WAV, ...}], "heard": [NAME, ...]}, and writes for each piece
{NAME: {"pesq": 1.0 to 4.64, "delay_ms": how much later it was heard}}. Files are brought to 16 kHz by sox.
"""

import json
import subprocess
import sys

import numpy
from pesq import pesq

RATE = 16_000


def read(path):
    command = ["sox", path, "-t", "f32", "-r", str(RATE), "-c", "1", "-"]
    raw = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return numpy.frombuffer(raw, dtype="<f4")


def lag(said, heard):
    """Where in `heard` all of `said` lies best, in samples: the peak of their correlation."""
    size = 1 << (len(said) + len(heard)).bit_length()
    spectrum = numpy.fft.rfft(heard, size) * numpy.conj(numpy.fft.rfft(said, size))
    return int(numpy.argmax(numpy.fft.irfft(spectrum, size)[: max(1, len(heard) - len(said) // 2)]))


def score(said, heard):
    at = lag(said, heard)
    # PESQ itself aligns each utterance to within some hundred milliseconds; the beginning is given to it right.
    part = heard[at : at + len(said)]
    part = numpy.pad(part, (0, len(said) - len(part)))
    return {"pesq": float(pesq(RATE, said, part, "wb")), "delay_ms": at * 1_000 / RATE}


def main():
    task = json.load(sys.stdin)
    scores = []
    for piece in task["pieces"]:
        said = read(piece["said"])
        scores.append({name: score(said, read(piece[name])) for name in task["heard"]})
    json.dump(scores, sys.stdout)


main()
