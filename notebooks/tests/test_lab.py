"""The notebooks in JupyterLab, as a person meets them: in a browser, with the mouse."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
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
from conftest import NOTEBOOKS, QUICKSTART
from promptpo_render import gl

pytestmark = pytest.mark.browser

TOKEN = "for-this-test-only"
LOOP = "loop.ipynb"
MUJOCO = "04-mujoco.ipynb"
ABLATION = "06-n-ablation.ipynb"
DRIVING = "09-driving-a-run.ipynb"
KINDS = "kinds.ipynb"
HELP = "help.ipynb"
AGAIN = "again.ipynb"

# A cell for each kind of output, and in the same order what has to be seen below it.
SHOWN = {
    "text": 'System.out.println("to standard output"); System.err.println("to standard error");',
    "html": 'display("<h4 id=\\"own\\">a heading of HTML</h4>", "text/html");',
    "markdown": 'display("some **bold** Markdown", "text/markdown");',
    "latex": 'display("$\\\\int_0^1 x^2 dx = \\\\tfrac13$", "text/latex");',
    "svg": """display(\"\"\"
        <svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">
        <circle cx="20" cy="20" r="15" fill="teal"/></svg>\"\"\", "image/svg+xml");""",
    "png": """var picture = new java.awt.image.BufferedImage(60, 40, 1);
for (int i = 0; i < 60; i++) for (int j = 0; j < 40; j++) picture.setRGB(i, j, 0x4000 * i + 6 * j);
picture""",
    "jpeg": """var bytes = new ByteArrayOutputStream();
javax.imageio.ImageIO.write(picture, "jpg", bytes);
bytes.toByteArray()""",
    "gif": """var file = Files.createTempFile("picture", ".gif");
javax.imageio.ImageIO.write(picture, "gif", file.toFile());
file""",
    "json": """display(Map.of("name", "value", "list", List.of(1, 2)), "application/json");""",
    "records": """record City(String name, int people, Double metres) {}
List.of(new City("Aachen", 252_000, 173.0), new City("Bonn", 336_000, null))""",
    "map": 'Map.of("gamma", 0.99)',
    "table": """IntColumn index = IntColumn.create("index", IntStream.range(0, 120).toArray());
DoubleColumn root = index.asDoubleColumn().sqrt().setName("root");
root.setMissing(2);
Table.create("roots", index, root, StringColumn.create("word", Collections.nCopies(120, "a")))""",
    "chart": """import org.knowm.xchart.*;
var chart = new XYChartBuilder().title("A plain chart").xAxisTitle("x").yAxisTitle("y").build();
chart.addSeries("first", new double[] {0, 1, 2, 3}, new double[] {1, 3, 2, 4});
chart.addSeries("second", new double[] {0, 1, 2, 3}, new double[] {2, 1, 3, 3});
chart""",
    "exception": """int half(int n) { return n / (n - n); }
try { half(3); } catch (ArithmeticException e) { display(new Exception("shown", e)); }""",
    "python": '%%python\nprint("from Python", sum(range(4)))',
    "magics": "%lsmagic",
    "time": "%%time\nMath.sqrt(2)",
    "updated": """var shown = display("before");
shown.update("after the update");""",
    "error": "int missing = nowhere + 1;",
}

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

    def ask(self, path: str, method: str = "GET", body: object = None) -> object:
        request = urllib.request.Request(
            self.url(path),
            method=method,
            headers={"Authorization": f"token {TOKEN}"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def end_sessions(self) -> None:
        for session in self.ask("api/sessions"):
            self.ask(f"api/sessions/{session['id']}", "DELETE")

    def use_theme(self, name: str) -> None:
        """The theme of pages that are opened from now on."""
        settings = "lab/api/settings/@jupyterlab/apputils-extension:themes"
        self.ask(settings, "PUT", {"raw": json.dumps({"theme": name})})

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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab over a copy of the notebooks, one for all tests."""
    workplace = tmp_path_factory.mktemp("lab")
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        shutil.copy(notebook, workplace)
    # It prints from inside the loop: printed before, an interrupt may come first.
    endless = 'long n = 0;\nwhile (true) if (n++ == 0) System.out.println("looping");'
    write(workplace / LOOP, endless, 'System.out.println("still here: " + (n > 0));')
    write(workplace / KINDS, *SHOWN.values())
    write(workplace / HELP, "int count = 3;", *[""] * 4)
    write(
        workplace / AGAIN,
        "var kept = new ArrayList<>(List.of(ProcessHandle.current().pid()));",
        'kept.add(7L); System.out.println("of " + kept.getFirst()); kept.size()',
        'display("kept " + kept.size()); "sum " + (kept.getFirst() + kept.getLast())',
        "kept.stream().skip(1).toList()",
    )
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
        env=os.environ
        | {
            "HOME": str(home),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "PROMPTPO_RUNS": str(workplace / "runs"),
        },
    )
    running = Lab(port)
    try:
        wait(lambda: answers(running), 90, "JupyterLab to answer", workplace / "lab.log")
        yield running
    finally:
        with contextlib.suppress(OSError):
            running.end_sessions()
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        log.close()


@pytest.fixture
def lab(server: Lab) -> Iterator[Lab]:
    """The server without kernels of other tests, and in its light theme."""
    server.end_sessions()
    yield server
    server.use_theme("JupyterLab Light")


def write(file: Path, *cells: str) -> None:
    """Writes a notebook of Java cells."""
    spec = {"name": "promptpo-java", "display_name": "Java", "language": "java"}
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": spec}, cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    nbformat.write(notebook, file)


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
            yield browser.new_page(viewport={"width": 1300, "height": 12000})
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


@pytest.mark.parametrize(("name", "drawings"), [(ABLATION, 6), (DRIVING, 1)])
def test_a_notebook_of_runs_shows_each_of_its_figures(
    page, lab: Lab, artefacts: Path, name: str, drawings: int
) -> None:
    open_notebook(page, lab, name)
    run_all(page)
    wait(
        lambda: all(re.fullmatch(r"\[\d+\]:", text) for text in prompts(page)),
        240,
        "all cells to have run",
    )
    wait(lambda: lab.kernel_state() == "idle", 60, "the kernel to be idle")
    page.screenshot(path=artefacts / name.replace(".ipynb", ".png"))
    for stream in ("stderr", "error"):
        error = f".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.{stream}']"
        assert page.locator(error).all_inner_texts() == []
    pictures = page.locator(".jp-RenderedSVG img")
    assert pictures.count() >= drawings
    for i in range(pictures.count()):
        width, height, colours = pictures.nth(i).evaluate(COLOURS)
        assert width >= 600
        assert height >= 200
        assert colours > 20, f"picture {i + 1} is nearly blank"


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


def output(page, kind: str):
    """The output area below the cell of this kind."""
    return page.locator(".jp-CodeCell").nth(list(SHOWN).index(kind)).locator(".jp-Cell-outputArea")


def test_output_of_every_kind_is_to_be_seen_in_light_and_dark(
    page, lab: Lab, artefacts: Path
) -> None:
    open_notebook(page, lab, KINDS)
    run_all(page)
    last = list(SHOWN).index("error")
    wait(lambda: prompts(page)[last] == f"[{last + 1}]:", 120, "the last cell to have run")
    page.wait_for_selector(".jp-RenderedHTMLCommon table", timeout=20_000)
    check_kinds(page)
    page.screenshot(path=artefacts / "kinds-light.png")
    light = colour(page, "records", "td")

    page.click('.lm-MenuBar-item:has-text("Settings")')
    page.hover('.lm-Menu-item:has-text("Theme")')
    page.click('.lm-Menu-item[data-command="apputils:change-theme"]:has-text("JupyterLab Dark")')
    wait(lambda: sum(colour(page, "records", "td")) > 500, 30, "the dark theme to be drawn")
    check_kinds(page)
    page.screenshot(path=artefacts / "kinds-dark.png")
    assert sum(light) < 250, "text is dark on light"


def colour(page, kind: str, selector: str) -> list[int]:
    """Red, green and blue of a text."""
    text = output(page, kind).locator(selector).first.evaluate("e => getComputedStyle(e).color")
    return [int(number) for number in re.findall(r"\d+", text)[:3]]


def check_kinds(page) -> None:
    assert "to standard output" in output(page, "text").inner_text()
    assert output(page, "html").locator("h4").inner_text() == "a heading of HTML"
    assert output(page, "markdown").locator("strong").inner_text() == "bold"
    page.wait_for_selector(".jp-RenderedLatex mjx-container", timeout=20_000)
    for kind in ("svg", "png", "jpeg", "gif", "chart"):
        image = output(page, kind).locator("img")
        width, height, colours = image.evaluate(COLOURS)
        assert width > 30 and height > 30, kind
        assert colours > (2 if kind == "svg" else 20), f"{kind} is nearly blank"
    chart = output(page, "chart").locator("img").bounding_box()
    assert chart["width"] <= output(page, "chart").bounding_box()["width"]
    assert "name" in output(page, "json").inner_text()
    assert output(page, "json").locator(".jp-RenderedJSON").count() == 1
    assert output(page, "records").locator("tbody tr").count() == 2
    assert "0.99" in output(page, "map").locator("td").last.inner_text()
    table = output(page, "table")
    assert table.locator("details").count() == 2
    assert "double" in table.locator("th").nth(1).inner_text()
    assert table.locator("td[title=missing]").count() == 1
    assert "Caused by: java.lang.ArithmeticException" in output(page, "exception").inner_text()
    assert output(page, "python").inner_text().strip() == "from Python 6"
    assert "%%python" in output(page, "magics").inner_text()
    assert "wall time" in output(page, "time").inner_text()
    assert output(page, "updated").inner_text().strip() == "after the update"
    assert "cannot find symbol" in output(page, "error").inner_text()


def type_into(page, number: int, text: str) -> None:
    """Clicks into a cell and types."""
    page.locator(".jp-CodeCell .cm-content").nth(number).click()
    page.keyboard.type(text)


def test_tab_completes_and_shift_tab_explains(page, lab: Lab, artefacts: Path) -> None:
    page.set_viewport_size({"width": 1300, "height": 900})
    open_notebook(page, lab, HELP)
    run_cell(page, 0)
    wait(lambda: prompts(page)[0] == "[1]:", 60, "the first cell to have run")

    type_into(page, 1, 'String text = "abc"; text.su')
    page.keyboard.press("Tab")
    page.wait_for_selector(".jp-Completer:visible", timeout=30_000)
    assert "substring(" in page.locator(".jp-Completer").inner_text()
    page.screenshot(path=artefacts / "completion.png")
    page.keyboard.press("Escape")
    page.keyboard.type("bstring(")
    page.keyboard.press("Shift+Tab")
    page.wait_for_selector(".jp-Tooltip:visible", timeout=30_000)
    tooltip = page.locator(".jp-Tooltip").inner_text()
    assert "String String.substring(int beginIndex, int endIndex)" in tooltip
    page.screenshot(path=artefacts / "tooltip.png")
    page.keyboard.press("Escape")

    type_into(page, 2, "%mav")
    page.keyboard.press("Tab")
    page.wait_for_selector('.jp-Completer:visible :text("%maven")', timeout=30_000)
    page.keyboard.press("Enter")
    assert page.locator(".jp-CodeCell .cm-content").nth(2).inner_text() == "%maven"
    type_into(page, 3, 'PromptPO.on("NoiseWorld2")')
    for _ in range(len('("NoiseWorld2")')):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+Tab")
    page.wait_for_selector('.jp-Tooltip :text("A plan for an environment")', timeout=30_000)
    page.screenshot(path=artefacts / "tooltip-library.png")


def results(page) -> list[str]:
    """What each of the four cells shows, without the empty one that running the last adds."""
    return [
        " ".join(cell.locator(".jp-Cell-outputArea").inner_text().split())
        for cell in page.locator(".jp-CodeCell").all()[:4]
    ]


def test_restart_and_run_all_shows_what_a_new_kernel_gives(page, lab: Lab) -> None:
    page.set_viewport_size({"width": 1300, "height": 1200})
    open_notebook(page, lab, AGAIN)
    for number in (0, 1, 1, 2, 3):
        before = prompts(page)[number]
        run_cell(page, number)
        wait(
            lambda number=number, before=before: prompts(page)[number] not in (before, "[*]:"),
            60,
            "the cell to have run",
        )
    wait(lambda: results(page)[3].endswith("[7, 7]"), 20, "the last result to be drawn")
    assert prompts(page)[:4] == ["[1]:", "[3]:", "[4]:", "[5]:"]
    first = pid_in(results(page))
    assert shown_by(first, added=2) == results(page)

    page.click('.lm-MenuBar-item:has-text("Run")')
    page.click('.lm-Menu-item[data-command="runmenu:restart-and-run-all"]')
    page.click(".jp-Dialog .jp-mod-accept")
    wait(
        lambda: prompts(page)[:4] == [f"[{number}]:" for number in (1, 2, 3, 4)],
        90,
        "all cells to have run in a new kernel",
    )
    wait(lambda: results(page)[3].endswith("[7]"), 20, "the last result to be drawn")
    second = pid_in(results(page))
    assert second != first, "the kernel's process is a new one"
    assert shown_by(second, added=1) == results(page)


def pid_in(shown: list[str]) -> int:
    return int(re.search(r"of (\d+)", shown[1]).group(1))


def shown_by(pid: int, added: int) -> list[str]:
    """What the cells show when the second of them has been run so many times."""
    return [
        "",
        f"of {pid} [{added + 1}]: {added + 1}",
        f"kept {added + 1} [{added + 2}]: sum {pid + 7}",
        f"[{added + 3}]: {[7] * added}",
    ]
