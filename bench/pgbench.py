"""PostgreSQL's own measure, on the server of the bench."""

import os
import re
import subprocess

from sqlalchemy.engine import make_url

from koshelok.infra.embedded import binaries
from koshelok.infra.settings import Settings

_TPS = re.compile(r"tps = ([\d.]+)")


def pgbench(settings: Settings, *options: str) -> str:
    """Run pgbench on the server of these settings; answers what it says."""
    url = make_url(settings.database_url)
    assert url.database
    done = subprocess.run(
        [binaries.postgres() / "pgbench", f"--host={url.host}", f"--port={url.port}",
         f"--username={url.username}", *options, url.database],
        env={**os.environ, "PGPASSWORD": str(url.password)}, text=True, capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def tps(settings: Settings, *options: str, seconds: float, clients: int) -> float:
    """Transactions a second, by pgbench."""
    said = pgbench(
        settings, *options, "--no-vacuum", "--jobs=2",
        f"--time={seconds:.0f}", f"--client={clients}",
    )  # fmt: skip
    figure = _TPS.search(said)
    assert figure, said
    return float(figure.group(1))
