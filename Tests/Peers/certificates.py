"""The certificates of the tests, made anew for each run; Tests/Certificates/make.sh says what each is."""

import shutil
import ssl
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "Certificates" / "make.sh"


class Certificates:
    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        subprocess.run([SCRIPT, folder], check=True, capture_output=True)

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)

    @property
    def authority(self) -> str:
        return self["authority.pem"]

    def flags(self, name: str = "server") -> tuple[str, ...]:
        """What a program is started with to show the certificate `name`."""
        return ("--tls-cert", self[f"{name}.pem"], "--tls-key", self[f"{name}.key"])

    def client(self, certificate: str | None = None, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """What a client of Python's trusts, and shows."""
        context = ssl.create_default_context(cafile=self.authority)
        if certificate:
            context.load_cert_chain(self[f"{certificate}.pem"], self[f"{certificate}.key"])
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    def server(self, name: str = "server") -> ssl.SSLContext:
        """What a server of Python's shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self[f"{name}.pem"], self[f"{name}.key"])
        return context

    def copy(self, name: str, target: str) -> None:
        """Puts the files of `name` in the place of those of `target`, as a renewal does."""
        for kind in ("pem", "key"):
            shutil.copy(self[f"{name}.{kind}"], self[f"{target}.{kind}.new"])
            Path(self[f"{target}.{kind}.new"]).rename(self[f"{target}.{kind}"])
