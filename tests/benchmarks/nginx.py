"""Batches whose results lie as files behind nginx: a server that is never what is measured."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from trio_batches.store.compression import SUFFIXES, open_compressor
from trio_batches.types import MessageBatch, RequestCounts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trio_batches.store.compression import Compression

__all__ = ("Nginx", "nginx_is_there")

# A create is answered at once and its body thrown away.
_CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 512; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {tls}
        root {folder}/root;
        client_max_body_size 0;
        default_type application/json;
        location = /v1/messages/batches {{ return 200 '{created}'; }}
        location /results/ {{
            default_type application/x-jsonl;
            sendfile on;
            sendfile_max_chunk 1m;
        }}
        {chunked}
        location ~ ^/(gzip|zstd)/(.+) {{
            alias {folder}/root/results/$2;
            default_type application/x-jsonl;
            add_header Content-Encoding $1;
        }}
        location = /nothing {{ return 200 ''; }}
    }}
}}
"""
# The same files in chunks: what is added after a body, be it nothing, makes its length unknown.
_CHUNKED = """
        location /{place}/ {{
            alias {folder}/root/results/;
            default_type application/x-jsonl;
            sendfile off;
            output_buffers 4 {size}k;
            add_after_body /nothing;
            addition_types *;
        }}
"""
_CHUNK_KILOBYTES = {"chunked": 16, "small_chunks": 2}
_TLS = "ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;"
_CREATED_AT = datetime.now(UTC) - timedelta(hours=1)
_SLOWEST_START = 10.0


class Nginx:
    """A server of one folder, from its construction until `stop`."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "root"
        for name in ("v1/messages/batches", "results"):
            (self._root / name).mkdir(parents=True)
        self._port = _free_port()
        self.base_url = f"http://127.0.0.1:{self._port}"
        self.certificate: Path | None = None
        self.tls_base_url = ""
        tls = ""
        if shutil.which("openssl") is not None:
            port = _free_port()
            self.tls_base_url = f"https://127.0.0.1:{port}"
            self.certificate = _make_certificate(folder)
            tls = f"listen 127.0.0.1:{port} ssl; {_TLS.format(folder=folder)}"
        configuration = folder / "nginx.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                folder=folder,
                port=self._port,
                tls=tls,
                chunked="".join(
                    _CHUNKED.format(place=place, folder=folder, size=size)
                    for place, size in _CHUNK_KILOBYTES.items()
                ),
                created=self._describe("msgbatch_new", None, ""),
            ),
            encoding="utf-8",
        )
        self._process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", configuration],
            env=os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin"},
        )
        self._wait_until_up()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()

    def add_batch(self, name: str, lines: Iterable[bytes], counts: RequestCounts) -> Path:
        """Write the results of ended batches with the same lines.

        `msgbatch_{name}` is sent with its length, `msgbatch_{name}_chunked` in chunks of
        16 KiB, `msgbatch_{name}_small_chunks` of 2 KiB, `msgbatch_{name}_tls` encrypted.
        """
        results = self._root / "results" / name
        with results.open("wb", buffering=1 << 20) as file:
            file.writelines(lines)
        for batch_id, place in (
            (f"msgbatch_{name}", f"{self.base_url}/results"),
            *(
                (f"msgbatch_{name}_{place}", f"{self.base_url}/{place}")
                for place in _CHUNK_KILOBYTES
            ),
            (f"msgbatch_{name}_tls", f"{self.tls_base_url}/results"),
        ):
            self._add_answer(batch_id, counts, f"{place}/{name}")
        return results

    def add_compressed(
        self, name: str, compression: Compression, results: Path, counts: RequestCounts
    ) -> int:
        """Add `msgbatch_{name}_{compression}`, whose results come with this content encoding.

        Returns the bytes that are sent.
        """
        compressor = open_compressor(compression)
        assert compressor is not None
        target = self._root / "results" / f"{name}{SUFFIXES[compression]}"
        with results.open("rb") as lines, target.open("wb") as file:
            while block := lines.read(1 << 20):
                file.write(compressor.compress(block))
            file.write(compressor.flush())
        url = f"{self.base_url}/{compression}/{target.name}"
        self._add_answer(f"msgbatch_{name}_{compression}", counts, url)
        return target.stat().st_size

    def _add_answer(self, batch_id: str, counts: RequestCounts, results_url: str) -> None:
        (self._root / "v1/messages/batches" / batch_id).write_text(
            self._describe(batch_id, counts, results_url), encoding="utf-8"
        )

    def _describe(self, batch_id: str, counts: RequestCounts | None, results_url: str) -> str:
        zero = RequestCounts(processing=0, succeeded=0, errored=0, canceled=0, expired=0)
        batch = MessageBatch(
            id=batch_id,
            processing_status="ended" if counts is not None else "in_progress",
            request_counts=counts if counts is not None else zero,
            created_at=_CREATED_AT,
            expires_at=_CREATED_AT + timedelta(days=1),
            ended_at=_CREATED_AT + timedelta(minutes=5) if counts is not None else None,
            results_url=results_url or None,
        )
        return msgspec.json.encode(batch).decode()

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + _SLOWEST_START
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("nginx does not come up")


def nginx_is_there() -> bool:
    """Tell whether nginx is installed."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is not None


def _make_certificate(folder: Path) -> Path:
    """Make a key and a certificate of this machine for a day."""
    subprocess.run(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem",
        shell=True,
        check=True,
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    return folder / "certificate.pem"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
