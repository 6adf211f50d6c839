"""Films and pictures of environments in a notebook."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from test_notebooks import data, png_size

CELLS = {
    "run": '''
        var run = PromptPO.on("NoiseWorld2").model(Models.scripted(request -> """
                ```python
                class NoiseWorld2Policy:
                    def act(self, obs):
                        return 1 if obs.agent_row < obs.goal_row else 3
                ```
                """)).candidates(1).rounds(1).episodes(2).feedback(false).heldoutEpisodes(0)
                .directory(java.nio.file.Path.of("run")).run();
        run.finished()
        ''',
    "seeds": 'Tables.episodes(run.directory()).column("seed").getString(1)',
    "film": """
        var logged = Long.parseLong(Tables.episodes(run.directory()).column("seed").getString(1));
        run.best().film(logged, FilmSettings.DEFAULT.video(FilmSettings.Video.GIF))
        """,
    "steps": 'run.steps().of(Purpose.RENDER) + " " + run.best().lengths().get(1)',
    "hopper": """
        Object seen;
        try (var hopper = Environments.open("Hopper-v5")) {
            hopper.reset(0);
            hopper.step(new double[] {0.1, 0.2, 0.3});
            seen = hopper.render();
        } catch (RenderException e) {
            seen = e.getMessage();
        }
        seen
        """,
    "processes": """
        ProcessHandle.current().descendants()
                .map(one -> String.join(" ", one.info().arguments().orElse(new String[0])))
                .filter(line -> line.contains("promptpo_render")).toList()
        """,
}


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    folder: Path = tmp_path_factory.mktemp("films")
    trial = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    )
    client = NotebookClient(
        trial,
        kernel_name="promptpo-java",
        timeout=300,
        startup_timeout=120,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return dict(zip(CELLS, trial.cells, strict=True))


def test_a_film_moves_stands_still_and_is_told(cells: dict[str, NotebookNode]) -> None:
    html = data(cells["film"], "text/html")
    found = re.search(r'<img src="data:image/gif;base64,([^"]+)" width="480" height="480"', html)
    assert found
    assert base64.b64decode(found.group(1))[:6] == b"GIF89a"
    width, height = png_size(data(cells["film"], "image/png"))
    assert width > 2 * height, "six stills in a row"
    seed = data(cells["seeds"], "text/plain").strip('"')
    said = data(cells["film"], "text/plain")
    assert re.fullmatch(
        rf"NoiseWorld2: round 1, candidate 1, seed {seed}, return -?[\d.,]+, as in the run,"
        r" (no )?success, \d+ steps, \d+ steps a second",
        said,
    )


def test_its_steps_are_counted_in_the_run(cells: dict[str, NotebookNode]) -> None:
    counted, length = data(cells["steps"], "text/plain").strip('"').split()
    assert counted == length


def test_an_environment_opened_by_hand_shows_a_picture_or_says_why_not(
    cells: dict[str, NotebookNode],
) -> None:
    said = data(cells["hopper"], "text/plain")
    if said == "image, 480 x 360":
        assert png_size(data(cells["hopper"], "image/png")) == (480, 360)
    else:
        assert "no renderer works on this machine" in said


def test_no_process_that_draws_is_left(cells: dict[str, NotebookNode]) -> None:
    assert data(cells["processes"], "text/plain") == "[]"
