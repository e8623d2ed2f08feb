"""A fresh interpreter that imports one package, and nothing of ours beside it."""

import os
import subprocess
import sys
import time

_PROGRAM = """
import sys, {package}
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):
        print(line.split()[1])
"""

if __name__ == "__main__":
    program = _PROGRAM.format(package=sys.argv[1])
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, env=os.environ
    )
    seconds = time.perf_counter() - started
    print(f'{{"seconds": {seconds}, "memory": {int(done.stdout or 0) * 1024}}}')
