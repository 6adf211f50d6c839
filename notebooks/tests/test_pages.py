"""The Java on the other pages works: each page's blocks in their order, in a kernel of its own.

What a page leaves to its reader (a policy, a seed, the name of a run) is defined before; where it
names a model that needs a key, one that answers by a script stands in for it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from promptpo_render import gl
from test_add_an_environment_page import blocks
from test_kernel_protocol import Kernel, home, plain, write_spec

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 240

POLICY = """class NoiseWorld2Policy:
    def act(self, obs):
        return 1
"""
SCRIPT = (
    'String fence = "`".repeat(3);\n'
    f'String mine = """\n{POLICY}""";\n'
    'String reply = fence + "python\\n" + mine + fence;\n'
)
RUN = (
    'var run = PromptPO.on("NoiseWorld2").model(Models.replay()).candidates(10).rounds(3).seed(0)'
    ".run();\n"
)
PAGES = {
    "README.md": (
        'String source = "class P:\\n    def act(self, obs):\\n        return [0.0, 0.0]\\n";\n'
    ),
    "kernel/README.md": """import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
String id = "a display";
DisplayData otherData = new DisplayData();
otherData.putText("5 of 5");
""",
    "docs/films.md": RUN + "long seed = 7;\n",
    "docs/isolation.md": (
        'String source = "class P:\\n    def act(self, obs):\\n        return 0\\n";\n'
    ),
    "docs/models.md": SCRIPT,
    "docs/other-kernels.md": "",
    "docs/prompts.md": SCRIPT.replace("NoiseWorld2", "NoiseWorld4"),
}
INSTEAD = {
    'Models.gemini("NAME")': "Models.scripted(request -> reply)",
    'PromptPO.on("NoiseWorld4")': (
        'PromptPO.on("NoiseWorld4").model(Models.scripted(request -> reply))'
        ".candidates(2).rounds(1)"
    ),
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(POLICY.replace("NoiseWorld2", "NoiseWorld4"), "utf-8")
    return tmp_path


@pytest.fixture
def kernel(place: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    variables = {
        "PROMPTPO_HOME": str(home()),
        "PROMPTPO_VENV": sys.prefix,
        "PROMPTPO_RUNS": str(place / "runs"),
    }
    (place / "kernels").mkdir()
    write_spec(place / "kernels", "java-pages", variables)
    monkeypatch.chdir(place)  # where the cells' paths begin
    running = Kernel(place / "kernels", "java-pages")
    try:
        yield running
    finally:
        running.stop()


def java_blocks(page: str) -> list[str]:
    found = blocks((ROOT / page).read_text("utf-8"))
    return [block.text for block in found if block.label == "java"]


def test_no_page_with_java_is_left_out() -> None:
    elsewhere = {"docs/add-an-environment.md", "docs/driving-a-run.md"}
    pages = {"README.md", "kernel/README.md"} | {
        str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md")
    }
    assert {page for page in pages if java_blocks(page)} == set(PAGES) | elsewhere


# Its calls are each tested faster elsewhere (test_films).
LONG = {"docs/films.md"}


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.slow if page in LONG else ()) for page in sorted(PAGES)],
)
def test_the_cells_of_a_page_work(page: str, kernel: Kernel) -> None:
    before = PAGES[page]
    for number, text in enumerate(java_blocks(page)):
        if "render()" in text and not gl.find(os.environ).backend:
            pytest.skip("nothing can be drawn here")
        # The README's first cell makes the run that the others ask about.
        if before and (page != "README.md" or number == 1):
            assert kernel.run(before, timeout=TIMEOUT_S).status == "ok"
            before = ""
        for named, here in INSTEAD.items():
            text = text.replace(named, here)
        reply = kernel.run(text, timeout=TIMEOUT_S)
        assert reply.status == "ok", f"{text}\n{plain(reply.traceback)}"
        assert reply.text("stderr") == "", text
