"""Runs JupyterLab until its standard input ends: when `deno task lab` goes, however it goes, the server and its kernels go too."""

import sys
import threading

from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import main


def stop_at_the_end_of_input() -> None:
    sys.stdin.buffer.read()
    ServerApp.instance().stop()


threading.Thread(target=stop_at_the_end_of_input, daemon=True).start()
sys.exit(main())
