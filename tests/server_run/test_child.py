"""The command in the foreground: exit codes, signals, terminals, and what is left behind."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dryshot.cli import main

from .surroundings import PATIENCE, ROOT, RUN, dryshot_run


def shell(script: str) -> int:
    """Run a script in this process's own ``dryshot run``."""
    return main(["run", "--quiet", "--engine", "stub", "--", "sh", "-c", script])


@pytest.mark.parametrize("code", [0, 1, 42, 255])
def test_the_exit_code_is_the_commands(code: int) -> None:
    assert shell(f"exit {code}") == code


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_command_that_a_signal_ended_gives_128_and_its_number(number: int) -> None:
    assert shell(f"ulimit -c 0; kill -{int(number)} $$") == 128 + number


def test_a_missing_command_is_127_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--engine", "stub", "--", "no-such-command", "x"]) == 127
    assert capsys.readouterr().err == "dryshot run: no-such-command: there is no such command\n"


def test_what_is_no_program_is_126(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "text"
    file.write_text("not a program")
    assert main(["run", "--engine", "stub", "--", str(file)]) == 126
    assert "cannot be run: Permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--"], ["--seed", "3"], ["--quiet", "--"]])
def test_no_command_is_wrong_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *arguments]) == 2
    assert "dryshot run -- CMD" in capsys.readouterr().err


def test_a_world_that_cannot_be_read_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--world", str(tmp_path / "none.yaml"), "--", "true"]) == 2
    assert "none.yaml: cannot be read" in capsys.readouterr().err


def test_the_commands_own_options_are_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    command = ["run", "--quiet", "--engine", "stub", "--", "echo", "--seed", "3", "--", "-n"]
    assert main(command) == 0
    assert capfd.readouterr().out == "--seed 3 -- -n\n"


def test_signal_handling_is_as_it_was_before() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    held = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))"
    assert main(["run", "--quiet", "--engine", "stub", "--", sys.executable, "-c", held]) == 0
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc here")
def test_the_command_has_no_signal_held_and_none_ignored(capfd: pytest.CaptureFixture[str]) -> None:
    assert shell("exec grep -E 'Sig(Blk|Ign)' /proc/self/status") == 0
    masks = [int(line.split()[1], 16) for line in capfd.readouterr().out.splitlines()]
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)
    assert [mask & sum(1 << (number - 1) for number in wanted) for mask in masks] == [0, 0]


CATCHER = """
import signal, sys, time
got = []
def catch(number, frame):
    got.append(number)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, catch)
print("ready", flush=True)
while not got:
    signal.pause()
sys.stdin.readline()
print(*map(int, got), flush=True)
sys.exit(40 + len(got))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_is_passed_on_and_the_command_decides(number: int) -> None:
    command = [*RUN, "--engine", "stub", "--", sys.executable, "-c", CATCHER]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(number)
        out, err = running.communicate("\n", timeout=PATIENCE)
    assert (out, running.returncode) == (f"{int(number)}\n", 41)
    assert "calls answered here" in err


def test_a_signal_that_ends_the_command_ends_the_run_in_order() -> None:
    script = 'echo "$SSL_CERT_FILE"; exec sleep 60'
    with subprocess.Popen(
        [*RUN, "--engine", "stub", "--", "sh", "-c", script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        bundle = Path(running.stdout.readline().strip())
        assert bundle.exists()
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 128 + signal.SIGTERM
    assert not bundle.parent.exists()
    assert "Traceback" not in err


def in_terminal(command: list[str]) -> tuple[int, int]:
    """Start a command with a terminal of its own; its number and the terminal's other end."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.chdir(ROOT)
            os.execv(command[0], command)  # noqa: S606 - our own command
        finally:
            os._exit(99)
    return pid, terminal


def read_until(terminal: int, end: bytes) -> bytes:
    seen = b""
    while end not in seen:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other side is closed
            break
        if not chunk:
            break
        seen += chunk
    return seen


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_ctrl_c_reaches_the_command_once() -> None:
    command = [*RUN, "--engine", "stub", "--", sys.executable, "-c", CATCHER]
    pid, terminal = in_terminal(command)
    try:
        assert b"ready" in read_until(terminal, b"ready\r\n")
        os.write(terminal, b"\x03")
        os.write(terminal, b"\n")
        seen = read_until(terminal, b"answered here")
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(terminal)
    assert b"\r\n2\r\n" in seen
    assert b"KeyboardInterrupt" not in seen
    assert os.waitstatus_to_exitcode(status) == 41


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_the_terminal_is_the_commands_to_read_and_write() -> None:
    script = 'test -t 0 && test -t 1 && read -r line && echo "got $line"'
    pid, terminal = in_terminal([*RUN, "--quiet", "--engine", "stub", "--", "sh", "-c", script])
    try:
        os.write(terminal, b"hello\n")
        seen = read_until(terminal, b"got hello")
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(terminal)
    assert b"got hello" in seen
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_grandchild_left_behind_does_not_hold_up_the_end(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    assert shell(f"sleep 300 >/dev/null 2>&1 & echo $! > {out}") == 0
    left = int(out.read_text())
    os.kill(left, 0)  # still there
    os.kill(left, signal.SIGKILL)


def test_a_command_leaves_no_zombie(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    assert shell(f"echo $$ > {out}") == 0
    with pytest.raises(ProcessLookupError):  # a zombie could still be sent a signal
        os.kill(int(out.read_text()), 0)


LOOK = """
import json, os, pathlib
directory = pathlib.Path(os.environ["SSL_CERT_FILE"]).parent
files = {path.name: oct(path.stat().st_mode & 0o777) for path in directory.iterdir()}
text = "".join(path.read_text() for path in directory.iterdir())
print(json.dumps([str(directory), oct(directory.stat().st_mode & 0o777), files, "PRIVATE" in text]))
"""


def test_files_are_private_hold_no_key_and_are_gone_afterwards() -> None:
    done = dryshot_run("--engine", "stub", "--", sys.executable, "-c", LOOK)
    directory, mode, files, secret = json.loads(done.stdout)
    assert (mode, secret) == ("0o700", False)
    assert files == {"ca-bundle.pem": "0o600", "ca.pem": "0o600"}
    assert not Path(directory).exists()
