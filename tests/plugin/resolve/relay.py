"""In the place of ``talkies panel --bridge``: hands lines to the test that listens at a port, and back."""

from __future__ import annotations

import socket
import sys
import threading


def main() -> None:
    assert sys.argv[2:] == ["panel", "--bridge"], sys.argv
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30) as line:
        line.settimeout(None)
        thread = threading.Thread(target=answers, args=(line,), daemon=True)
        thread.start()
        for request in line.makefile(encoding="utf-8"):
            print(request, end="", flush=True)


def answers(line: socket.socket) -> None:
    with line.makefile("w", encoding="utf-8") as out:
        for answer in sys.stdin:
            out.write(answer)
            out.flush()


if __name__ == "__main__":
    main()
