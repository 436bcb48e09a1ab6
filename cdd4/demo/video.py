"""A small MP4 video from one picture: H.264 that any browser plays, written without an encoder.

The first frame holds the picture as plain samples (I_PCM macroblocks); the frames after it say "as before".
Sources: ITU-T H.264 (sections 7.3 and 9.1), ISO/IEC 14496-12 (boxes), 14496-15 (avc1, avcC).
"""

import struct

from PIL import Image

MACROBLOCK = 16  # pixels
TIMESCALE = 1000  # units a second


class Bits:
    """Writes numbers of so many bits, and Exp-Golomb codes, most significant bit first."""

    def __init__(self) -> None:
        self.text = ""

    def u(self, width: int, number: int) -> "Bits":
        self.text += f"{number:0{width}b}"
        return self

    def ue(self, number: int) -> "Bits":
        code = f"{number + 1:b}"
        self.text += "0" * (len(code) - 1) + code
        return self

    def align(self) -> "Bits":
        self.text += "0" * (-len(self.text) % 8)
        return self

    def end(self) -> bytes:
        """The stop bit, and zeros up to a whole byte."""
        self.u(1, 1).align()
        return self.bytes()

    def bytes(self) -> bytes:
        return int(self.text, 2).to_bytes(len(self.text) // 8, "big") if self.text else b""


def mp4(picture: Image.Image, seconds: int = 3, frames_a_second: int = 5) -> bytes:
    """`picture` shown for so long. Its sides are cut down to multiples of 16 pixels."""
    columns, rows = picture.width // MACROBLOCK, picture.height // MACROBLOCK
    image = picture.crop((0, 0, columns * MACROBLOCK, rows * MACROBLOCK)).convert("YCbCr")
    frames = [_first_frame(image, columns, rows)]
    frames += [_same_frame(number % 16, columns * rows) for number in range(1, seconds * frames_a_second)]
    samples = [struct.pack(">I", len(frame)) + frame for frame in frames]
    sizes, step = [len(sample) for sample in samples], TIMESCALE // frames_a_second
    # The samples come first, so that where they begin does not depend on the length of their description.
    start = _box(b"ftyp", b"isom", _longs(512), b"isomavc1mp41")
    return (
        start
        + _box(b"mdat", *samples)
        + _movie(image.size, sizes, step, _parameters(columns, rows), offset=len(start) + 8)
    )


def _unit(header: int, payload: bytes) -> bytes:
    """A NAL unit: three bytes that look like a start code are kept apart by 03."""
    out, zeros = bytearray([header]), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def _parameters(columns: int, rows: int) -> tuple[bytes, bytes]:
    """The sequence and picture parameter sets: constrained baseline, level 3, frames in order, CAVLC."""
    sequence = Bits().u(8, 66).u(8, 0b11000000).u(8, 30).ue(0)  # profile, constraints, level, id
    sequence.ue(0).ue(2)  # log2 of frame numbers less 4; order of output is order of decoding
    sequence.ue(1).u(1, 0).ue(columns - 1).ue(rows - 1)  # one reference frame, no gaps, size in macroblocks
    sequence.u(1, 1).u(1, 1).u(1, 0).u(1, 0)  # frames only, direct inference, no cropping, no usability data
    pictures = Bits().ue(0).ue(0).u(1, 0).u(1, 0).ue(0).ue(0).ue(0)  # ids, CAVLC, one slice group, one reference
    pictures.u(1, 0).u(2, 0).ue(0).ue(0).ue(0)  # no weights, quantiser and its offsets 0
    pictures.u(1, 1).u(1, 0).u(1, 0)  # deblocking is said in each slice
    return _unit(0x67, sequence.end()), _unit(0x68, pictures.end())


def _first_frame(image: Image.Image, columns: int, rows: int) -> bytes:
    slice_ = Bits().ue(0).ue(7).ue(0).u(4, 0).ue(0)  # first macroblock, all I, parameter set, frame number, IDR id
    slice_.u(1, 0).u(1, 0).ue(0).ue(1)  # keep prior output, short-term reference, quantiser, no deblocking
    body = bytearray()
    planes = [plane.convert("L") for plane in image.split()]
    small = [planes[0], *(p.resize((image.width // 2, image.height // 2)) for p in planes[1:])]
    for number in range(columns * rows):
        row, column = divmod(number, columns)
        slice_.ue(25).align()  # I_PCM
        body += slice_.bytes()
        for plane, side in zip(small, (16, 8, 8), strict=True):
            body += plane.crop((column * side, row * side, (column + 1) * side, (row + 1) * side)).tobytes()
        slice_ = Bits()
    return _unit(0x65, bytes(body) + slice_.end())


def _same_frame(number: int, macroblocks: int) -> bytes:
    slice_ = Bits().ue(0).ue(5).ue(0).u(4, number)  # first macroblock, all P, parameter set, frame number
    slice_.u(1, 0).u(1, 0).u(1, 0).ue(0).ue(1)  # references as ever; quantiser, no deblocking
    slice_.ue(macroblocks)  # so many macroblocks are skipped: taken from the frame before
    return _unit(0x41, slice_.end())


def _box(kind: bytes, *contents: bytes) -> bytes:
    body = b"".join(contents)
    return struct.pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, *contents: bytes, flags: int = 0, version: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *contents)


def _longs(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def _movie(size: tuple[int, int], sizes: list[int], step: int, parameters: tuple[bytes, bytes], offset: int) -> bytes:
    """The description of the one track; `step` is a frame's length in units, `offset` where the samples begin."""
    length = step * len(sizes)
    unity = _longs(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    area = _longs(size[0] << 16, size[1] << 16)
    track = _full(b"tkhd", _longs(0, 0, 1, 0, length, 0, 0, 0, 0), unity, area, flags=3)
    media = _box(
        b"mdia",
        _full(b"mdhd", _longs(0, 0, TIMESCALE, length), struct.pack(">HH", 0x55C4, 0)),  # language: und
        _full(b"hdlr", _longs(0), b"vide", bytes(12), b"video\0"),
        _box(
            b"minf",
            _full(b"vmhd", bytes(8), flags=1),
            _box(b"dinf", _full(b"dref", _longs(1), _full(b"url ", flags=1))),
            _samples(size, sizes, step, parameters, offset),
        ),
    )
    header = _full(b"mvhd", _longs(0, 0, TIMESCALE, length, 0x10000), b"\1\0", bytes(10), unity, bytes(24), _longs(2))
    return _box(b"moov", header, _box(b"trak", track, media))


def _samples(size, sizes: list[int], step: int, parameters: tuple[bytes, bytes], offset: int) -> bytes:
    sequence, pictures = parameters
    settings = bytes([1, *sequence[1:4], 0xFF, 0xE1])
    avcc = settings + struct.pack(">H", len(sequence)) + sequence + b"\1" + struct.pack(">H", len(pictures)) + pictures
    entry = _box(
        b"avc1",
        bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", *size),
        _longs(0x480000, 0x480000, 0) + struct.pack(">H", 1) + bytes(32) + struct.pack(">Hh", 24, -1),
        _box(b"avcC", avcc),
    )
    return _box(
        b"stbl",
        _full(b"stsd", _longs(1), entry),
        _full(b"stts", _longs(1, len(sizes), step)),
        _full(b"stss", _longs(1, 1)),
        _full(b"stsc", _longs(1, 1, len(sizes), 1)),
        _full(b"stsz", _longs(0, len(sizes)), _longs(*sizes)),
        _full(b"stco", _longs(1, offset)),
    )
