"""Files as NumPy, Pillow and SciPy write them, with what these libraries read in them, and the
paper's spectrogram recipe done with SciPy.

    python files.py         records them in files.json
"""

import audioop
import io
import struct
import wave
from pathlib import Path

import numpy as np
import PIL
import scipy
from PIL import Image, ImageOps
from scipy import ndimage, signal
from scipy.io import wavfile

import record

RNG = np.random.default_rng(7)


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def npz(save, **arrays):
    out = io.BytesIO()
    save(out, **arrays)
    return out.getvalue()


def arrays():
    """Name, bytes, and the expected images (n x height x width) of each."""
    images = RNG.random((4, 3, 5))
    bytes_ = RNG.integers(0, 256, (4, 3, 5), dtype=np.uint8)
    bytes_[0, 0, 0] = 255
    colours = RNG.random((4, 3, 5, 3)).astype(np.float32)
    luma = colours @ np.array([0.299, 0.587, 0.114])
    digits = np.array([3, 1, 3, 1])
    words = np.array(["three", "one", "three", "one"])
    square = images[:, :, :3].reshape(4, 9)
    return [
        ("f4.npy", npy(images.astype("<f4")), images, None),
        ("f8-big-endian.npy", npy(images.astype(">f8")), images, None),
        ("f2.npy", npy(images.astype("<f2")), images.astype("<f2"), None),
        ("fortran.npy", npy(np.asfortranarray(images)), images, None),
        ("version-2.npy", npy(images, (2, 0)), images, None),
        ("version-3.npy", npy(images, (3, 0)), images, None),
        ("u1.npy", npy(bytes_), bytes_ / 255, None),
        ("i8-big-endian.npy", npy(bytes_.astype(">i8")), bytes_ / 255, None),
        ("bool.npy", npy(bytes_ > 99), (bytes_ > 99) * 1.0, None),
        ("rows.npy", npy(square), square.reshape(4, 3, 3), None),
        ("channel.npy", npy(images[..., None]), images, None),
        ("colours.npy", npy(colours), luma, None),
        ("channels-first.npy", npy(np.moveaxis(colours, 3, 1)), luma, None),
        ("stored.npz", npz(np.savez, x=images, y=digits), images, digits),
        ("deflated.npz", npz(np.savez_compressed, y=digits, x=images), images, digits),
        ("words.npz", npz(np.savez, images=images, labels=words), images, words),
        (
            "two-parts.npz",
            npz(
                np.savez,
                x_test=images[2:],
                x_train=images[:2],
                y_test=digits[2:],
                y_train=digits[:2],
            ),
            np.concatenate([images[2:], images[:2]]),
            np.concatenate([digits[2:], digits[:2]]),
        ),
    ]


def pictures():
    """Name, bytes, and the expected grey from 0 to 255 of each, as Pillow converts them."""
    height, width = 10, 12
    y, x = np.mgrid[0:height, 0:width]
    smooth = np.stack([x * 21, y * 25, 255 - x * 10 - y * 9], axis=2).astype(np.uint8)
    colour = Image.fromarray(smooth)
    grey = colour.convert("L")
    words = (smooth[..., 0].astype(np.uint16) << 8) | 0x41
    sixteen = Image.fromarray(words)
    twelve = (x * 343 + y * 30).astype(np.uint16)
    opacity = (x * 23).astype(np.uint8)
    see_through = Image.fromarray(np.dstack([smooth, opacity]))
    white = Image.new("RGBA", (width, height), "white")
    found = []

    def add(name, image, expected=None, **options):
        out = io.BytesIO()
        ending = name.rsplit(".")[-1]
        image.save(out, {"jpg": "jpeg", "tif": "tiff"}.get(ending, ending), **options)
        if expected is None:
            out.seek(0)
            expected = ImageOps.exif_transpose(Image.open(out)).convert("L")
        found.append((name, out.getvalue(), np.asarray(expected)))

    add("grey.png", grey)
    add("colour.png", colour)
    add("palette.png", colour.quantize(16))
    add("one-bit.png", grey.convert("1"))
    add("sixteen-bit.png", sixteen, words / 257)
    add(
        "see-through.png",
        see_through,
        Image.alpha_composite(white, see_through).convert("L"),
    )
    add("grey.jpg", grey, quality=90)
    add("colour.jpg", colour, quality=90)
    add("progressive.jpg", colour, quality=90, progressive=True)
    add("subsampled.jpg", grey.convert("RGB"), quality=90, subsampling=2)
    add("cmyk.jpg", colour.convert("CMYK"), quality=95)
    # The same numbers under a marker that calls them YCCK.
    ycck = bytearray(found[-1][1])
    ycck[ycck.index(b"Adobe") + 11] = 2
    expected = Image.open(io.BytesIO(ycck)).convert("RGB").convert("L")
    found.append(("ycck.jpg", bytes(ycck), np.asarray(expected)))

    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        add(f"turned-{orientation}.jpg", grey, quality=90, exif=exif)
        if orientation == 6:
            add("turned-6.png", grey, exif=exif)
            add("turned-6.tif", grey, tiffinfo={0x0112: orientation})
    add("twelve-bit.png", Image.fromarray(twelve), twelve / 4095 * 255)
    add("two-bit.png", grey.quantize(4))
    add("grey-see-through.png", Image.merge("LA", (grey, see_through.getchannel("A"))),
        Image.alpha_composite(white, Image.merge(
            "RGBA", (grey, grey, grey, see_through.getchannel("A")))).convert("L"))

    add("grey.tif", grey)
    add("colour.tif", colour, compression="tiff_lzw")
    add("deflated.tif", colour, compression="tiff_adobe_deflate")
    add("packed.tif", grey, compression="packbits")
    add("one-bit.tif", grey.convert("1"))
    add("see-through.tif", see_through, found[5][2])
    add("cmyk.tif", colour.convert("CMYK"))
    add("sixteen-bit.tif", sixteen, words / 257)
    floats = (smooth[..., 0] / 255).astype(np.float32)
    add("float.tif", Image.fromarray(floats), floats * 255)
    add("pages.tif", grey, save_all=True, append_images=[colour.convert("L").rotate(180)])
    return found


def sound(rate, count):
    """A rising tone in noise that starts late, from -1 to 1."""
    time = np.arange(count) / rate
    tone = np.sin(2 * np.pi * (1500 + 9000 * time) * time)
    noise = RNG.normal(0, 0.05, count)
    return np.clip(0.6 * tone * (time > time[-1] / 4) + noise, -1, 1)


def spectrogram(samples, rate):
    """The paper's recipe, with SciPy's filter design and NumPy's transform, in float64."""
    top = min(8000, rate / 2)
    band = [1000] if top >= rate / 2 else [1000, 8000]
    taps = signal.firwin(
        511, band, fs=rate, window="hann", pass_zero=False, scale=False
    )
    filtered = np.convolve(samples, taps, "full")[255 : 255 + len(samples)]
    frames = max(len(filtered) // 512, 1)
    filtered = np.pad(filtered, (0, max(0, 512 - len(filtered))))
    blocks = filtered[: frames * 512].reshape(frames, 512) * np.hanning(512)
    power = np.abs(np.fft.rfft(blocks, axis=1)) ** 2
    hertz = np.arange(257) * rate / 512
    shown = (hertz >= 100) & (hertz <= top) & (np.arange(257) < 256)
    power = power[:, shown].T[::-1]
    decibels = np.maximum(10 * np.log10(power / power.max()), -30)
    image = area(area(decibels, 32).T, 32).T
    kernel = np.outer([1, 2, 1], [1, 2, 1]) / 16
    edge = ndimage.convolve(np.ones((32, 32)), kernel, mode="constant")
    image = ndimage.convolve(image, kernel, mode="constant") / edge
    return (image - image.min()) / (image.max() - image.min())


def area(matrix, rows):
    """Mean of every `rows`-th part of the columns, by interpolating their running sums."""
    total = np.vstack([np.zeros(matrix.shape[1]), np.cumsum(matrix, axis=0)])
    edges = np.linspace(0, len(matrix), rows + 1)
    whole = np.arange(len(matrix) + 1)
    sums = np.stack([np.interp(edges, whole, column) for column in total.T], axis=1)
    return np.diff(sums, axis=0) / np.diff(edges)[:, None]


def recordings():
    found = []

    def add(name, rate, stored, heard):
        out = io.BytesIO()
        wavfile.write(out, rate, stored)
        found.append((name, out.getvalue(), spectrogram(heard, rate)))

    short = (sound(48000, 4700) * 32767).astype(np.int16)
    add("0_short_48k.wav", 48000, short, short / 32768)
    low = (sound(8000, 2600) * 127 + 128).astype(np.uint8)
    add("1_byte_8k.wav", 8000, low, (low.astype(float) - 128) / 128)
    float_ = sound(22050, 2100).astype(np.float32)
    add("2_float_22k.wav", 22050, float_, float_.astype(float))
    both = (np.stack([sound(16000, 1500), sound(16000, 1500)], 1) * 2**31 * 0.99).astype(
        np.int32
    )
    add("3_stereo_16k.wav", 16000, both, both.mean(axis=1) / 2**31)
    tiny = (sound(44100, 300) * 32767).astype(np.int16)
    add("4_tiny_44k.wav", 44100, tiny, tiny / 32768)

    wide = (sound(44100, 1400) * (2**23 - 1)).astype(int)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(44100)
        file.writeframes(b"".join(struct.pack("<i", v)[:3] for v in wide.tolist()))
    found.append(("5_24bit_44k.wav", out.getvalue(), spectrogram(wide / 2**23, 44100)))

    double = sound(16000, 1800)
    add("6_double_16k.wav", 16000, double, double)
    for name, tag, pack, unpack in [
        ("7_mu_law_8k.wav", 7, audioop.lin2ulaw, audioop.ulaw2lin),
        ("8_a_law_8k.wav", 6, audioop.lin2alaw, audioop.alaw2lin),
    ]:
        packed = pack((sound(8000, 2200) * 32767).astype("<i2").tobytes(), 2)
        heard = np.frombuffer(unpack(packed, 2), "<i2") / 32768
        form = struct.pack("<HHIIHHH", tag, 1, 8000, 8000, 1, 8, 0)
        chunks = b"fmt " + struct.pack("<I", len(form)) + form
        chunks += b"data" + struct.pack("<I", len(packed)) + packed
        whole = b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks
        found.append((name, whole, spectrogram(heard, 8000)))
    return found


if __name__ == "__main__":
    content = {
        "versions": {
            "numpy": np.__version__,
            "pillow": PIL.__version__,
            "scipy": scipy.__version__,
        },
        "arrays": [
            {
                "name": name,
                "file": file.hex(),
                "height": images.shape[1],
                "width": images.shape[2],
                "labels": None if labels is None else [str(label) for label in labels],
                "images": record.rounded(images.astype(float).ravel(), 8),
            }
            for name, file, images, labels in arrays()
        ],
        "pictures": [
            {
                "name": name,
                "file": file.hex(),
                "grey": grey.tolist() if grey.dtype == np.uint8 else record.rounded(grey, 6),
            }
            for name, file, grey in pictures()
        ],
        "recordings": [
            {
                "name": name,
                "file": file.hex(),
                "image": record.rounded(image.ravel(), 6),
            }
            for name, file, image in recordings()
        ],
    }
    record.write(Path(__file__).with_name("files.json"), content)
