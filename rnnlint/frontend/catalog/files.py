"""Library functions that read a file."""

from __future__ import annotations

READERS = frozenset({
    "builtins.open", "gzip.open", "numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile",
    "numpy.memmap", "pandas.read_csv", "pandas.read_parquet", "pandas.read_pickle", "pandas.read_hdf",
    "pandas.read_json", "pandas.read_excel", "pandas.read_feather", "torch.load", "torchaudio.load", "librosa.load",
    "librosa.core.load", "soundfile.read", "scipy.io.wavfile.read", "scipy.io.loadmat", "PIL.Image.open",
    "cv2.imread", "imageio.imread", "skimage.io.imread", "torchvision.io.read_image", "torchvision.io.read_video",
    "h5py.File", "nibabel.load", "wfdb.rdsamp", "wfdb.rdrecord", "mne.io.read_raw_edf",
})  # fmt: skip
