"""The notebooks in JupyterLab, as a person meets them: in a browser, with the mouse."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from conftest import QUICKSTART
from promptpo_render import gl

pytestmark = pytest.mark.browser

TOKEN = "for-this-test-only"
LOOP = "loop.ipynb"
MUJOCO = "04-mujoco.ipynb"

# Counts the colours of an image in the page, drawn to a canvas.
COLOURS = """image => {
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {
    seen.add((data[i] << 16) + (data[i + 1] << 8) + data[i + 2]);
  }
  return [canvas.width, canvas.height, seen.size];
}"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def ask(self, path: str, method: str = "GET") -> object:
        request = urllib.request.Request(
            self.url(path), method=method, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def kernel_state(self) -> str:
        """``idle`` or ``busy`` of the only kernel, ``none`` while it is not connected."""
        try:
            kernels = self.ask("api/kernels")
        except urllib.error.HTTPError as error:
            # The server fails to list a kernel that it is just starting.
            if error.code < 500:
                raise
            return "none"
        if len(kernels) != 1 or kernels[0]["connections"] < 1:
            return "none"
        return kernels[0]["execution_state"]


@pytest.fixture
def lab(workplace: Path) -> Iterator[Lab]:
    """JupyterLab over a copy of the notebooks, ended after the test."""
    loop = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "promptpo-java", "display_name": "Java", "language": "java"}
        },
        cells=[
            nbformat.v4.new_code_cell(
                # It prints from inside the loop: printed before, an interrupt may come first.
                'long n = 0;\nwhile (true) if (n++ == 0) System.out.println("looping");'
            ),
            nbformat.v4.new_code_cell('System.out.println("still here: " + (n > 0));'),
        ],
    )
    nbformat.write(loop, workplace / LOOP)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = workplace / "home"
    home.mkdir()
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={workplace}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if os.geteuid() == 0:
        command.append("--allow-root")
    log = (workplace / "lab.log").open("wb")
    process = subprocess.Popen(
        command,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=os.environ | {"HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime")},
    )
    running = Lab(port)
    try:
        wait(lambda: answers(running), 90, "JupyterLab to answer", workplace / "lab.log")
        yield running
    finally:
        with contextlib.suppress(OSError):
            for session in running.ask("api/sessions"):
                running.ask(f"api/sessions/{session['id']}", "DELETE")
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        log.close()


def answers(lab: Lab) -> bool:
    try:
        lab.ask("api/status")
    except OSError:
        return False
    return True


def wait(condition, seconds: float, what: str, log: Path | None = None) -> None:
    """Waits until a condition holds; fails with what it waited for."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            tail = log.read_text(errors="replace")[-2000:] if log else ""
            pytest.fail(f"waited {seconds:.0f} s for {what}\n{tail}")
        time.sleep(0.2)


@pytest.fixture
def page(chromium: Path):
    """A page of a headless browser, high enough that every cell is drawn."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser.new_page(viewport={"width": 1300, "height": 6400})
        finally:
            browser.close()


def open_notebook(page, lab: Lab, name: str) -> None:
    page.goto(lab.url(f"lab/tree/{name}?reset&token={TOKEN}"))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    wait(lambda: lab.kernel_state() == "idle", 90, "the kernel to be idle")


def run_all(page) -> None:
    page.click('.lm-MenuBar-item:has-text("Run")')
    page.click('.lm-Menu-item[data-command="runmenu:run-all"]')


def run_cell(page, number: int) -> None:
    """Runs one cell with the keyboard; again where the page was not ready to take the key."""
    before = prompts(page)[number]
    for _ in range(5):
        page.locator(".jp-CodeCell .cm-content").nth(number).click()
        page.keyboard.press("Shift+Enter")
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if prompts(page)[number] != before:
                return
            time.sleep(0.1)
    pytest.fail(f"cell {number + 1} does not run: its prompt is still {before!r}")


def prompts(page) -> list[str]:
    return page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()


def test_run_all_shows_every_picture_and_the_run_as_it_goes(
    page, lab: Lab, artefacts: Path
) -> None:
    open_notebook(page, lab, QUICKSTART)
    run_all(page)
    page.wait_for_selector('.jp-OutputArea-output :text("candidates,")', timeout=120_000)
    page.screenshot(path=artefacts / "quickstart-running.png")
    wait(
        lambda: all(re.fullmatch(r"\[\d+\]:", text) for text in prompts(page)),
        240,
        "all cells to have run",
    )
    page.wait_for_selector('.jp-OutputArea-output :text("finished")', timeout=20_000)
    page.screenshot(path=artefacts / "quickstart.png")

    error = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
    assert page.locator(error).all_inner_texts() == []
    pictures = page.locator(".jp-RenderedSVG img, .jp-RenderedImage img")
    assert pictures.count() == 4
    for i in range(4):
        width, height, colours = pictures.nth(i).evaluate(COLOURS)
        assert width >= 600
        assert height >= 300
        assert colours > 20, f"picture {i + 1} is nearly blank"
    grid = page.locator("td[title^='round ']")
    assert grid.count() == 30
    assert page.locator(".jp-RenderedHTMLCommon table").count() >= 4
    text = page.locator(".jp-Notebook").inner_text()
    assert "95 % interval" in text
    assert "no prompt is made from it" not in text, "the board's caption is in the picture"


def test_a_simulated_task_shows_its_scene_and_what_a_policy_is_worth(
    page, lab: Lab, artefacts: Path
) -> None:
    open_notebook(page, lab, MUJOCO)
    run_all(page)
    wait(
        lambda: all(re.fullmatch(r"\[\d+\]:", text) for text in prompts(page)),
        240,
        "all cells to have run",
    )
    page.wait_for_selector('.jp-OutputArea-output :text("environment steps")', timeout=20_000)
    page.screenshot(path=artefacts / "mujoco.png")

    error = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
    assert page.locator(error).all_inner_texts() == []
    text = page.locator(".jp-Notebook").inner_text()
    assert "Swimmer-v5: mean return of this policy" in text
    assert "95 % interval" in text
    works = gl.find(os.environ)
    if not works.backend:
        assert "RenderException" in text, "the cell says why it draws nothing"
        return
    width, height, colours = page.locator(".jp-RenderedImage img").first.evaluate(COLOURS)
    assert (width, height) == (480, 360)
    assert colours > 100, "the scene is nearly blank"


def test_the_stop_button_ends_an_endless_loop_and_the_session_goes_on(
    page, lab: Lab, artefacts: Path
) -> None:
    open_notebook(page, lab, LOOP)
    run_cell(page, 0)
    page.wait_for_selector('.jp-OutputArea-output :text("looping")', timeout=60_000)
    page.click("[data-command='notebook:interrupt-kernel'], jp-button[title^='Interrupt']")
    wait(lambda: prompts(page)[0] == "[1]:", 30, "the loop to be interrupted")
    run_cell(page, 1)
    page.wait_for_selector('.jp-OutputArea-output :text("still here: true")', timeout=30_000)
    page.screenshot(
        path=artefacts / "interrupted.png", clip={"x": 0, "y": 0, "width": 1300, "height": 700}
    )
