"""Coarser meshes: what they leave out, what they leave alone, and that nobody sees it."""

import json
import math
import os
import subprocess
import sys

import mujoco
import numpy as np
import pytest
from promptpo_render import detail, gl

WORKS = gl.find(os.environ)
needs_gl = pytest.mark.skipif(not WORKS.backend, reason=gl.none_works(WORKS.reasons))
FINE = 0.05


def tube(sides: int) -> mujoco.MjModel:
    """A model with one mesh: a tube of 1 m, closed, of four triangles a side."""
    angles = 2 * math.pi * np.arange(sides) / sides
    ring = np.stack([np.cos(angles), np.sin(angles), np.zeros(sides)], axis=1)
    corners = np.concatenate([ring, ring + np.array([0, 0, 1]), [[0, 0, 0], [0, 0, 1]]])
    faces = []
    for side in range(sides):
        after = (side + 1) % sides
        faces += [(side, after, sides + side), (after, sides + after, sides + side)]
        faces += [(2 * sides, after, side), (2 * sides + 1, sides + side, sides + after)]
    xml = f"""<mujoco><asset><mesh name="tube" vertex="{" ".join(map(str, corners.ravel()))}"
      face="{" ".join(str(n) for face in faces for n in face)}"/></asset>
      <worldbody><geom type="mesh" mesh="tube"/></worldbody></mujoco>"""
    return mujoco.MjModel.from_xml_string(xml)


def test_corners_move_by_less_than_the_cube_they_share():
    model = tube(400)
    before = model.mesh_face.copy()
    made = detail.coarser(model, FINE)
    count = int(made.mesh_facenum[0])
    assert 0.2 * len(before) < count < 0.6 * len(before)
    assert np.array_equal(model.mesh_face, before)
    assert int(model.mesh_facenum[0]) == len(before)
    assert np.array_equal(made.mesh_vert, model.mesh_vert)
    corners = model.mesh_vert[made.mesh_face[:count]].reshape(-1, 3)
    apart = np.linalg.norm(model.mesh_vert[:, None] - np.unique(corners, axis=0), axis=2)
    assert apart.min(axis=1).max() < FINE * math.sqrt(3)
    sides = np.diff(model.mesh_vert[made.mesh_face[:count]], axis=1)
    assert np.linalg.norm(sides, axis=2).min() > 0, "no triangle is left that is a line"


def test_each_corner_keeps_its_normal():
    model = tube(100)
    same = detail.coarser(model, 1e-9)
    assert np.array_equal(same.mesh_face, model.mesh_face)
    made = detail.coarser(model, FINE)
    count = int(made.mesh_facenum[0])
    normals = {
        tuple(corners): tuple(np.ravel(normal))
        for corners, normal in zip(model.mesh_face, model.mesh_facenormal, strict=True)
    }
    whole = [n for n in range(count) if tuple(made.mesh_face[n]) in normals]
    assert len(whole) > 20
    for number in whole:
        assert tuple(made.mesh_facenormal[number]) == normals[tuple(made.mesh_face[number])]


def test_a_model_of_few_triangles_and_a_camera_that_follows_are_left_alone():
    far = mujoco.MjvCamera()
    far.distance = 1000.0
    few, many = tube(100), tube(6000)
    assert few.mesh_facenum.sum() < detail.FEW_FACES < many.mesh_facenum.sum()
    assert detail.drawn(few, far, 240) is few
    assert detail.drawn(many, "track", 240) is many
    assert detail.drawn(many, far, 240).mesh_facenum.sum() < many.mesh_facenum.sum() / 10


DRAW = """
import json, sys
import numpy as np
from promptpo_render import detail
from promptpo_render.scene import Scene

width, height = map(int, sys.argv[1:])
coarse, pictures, faces = detail.drawn, [], []
for drawn in (lambda model, camera, height: model, coarse):
    detail.drawn = drawn
    scene = Scene("button-press-v3", "paper", width, height)
    scene.reset(1)
    for _step in range(20):
        scene.step(np.array([0.5, 0.5, -0.5, 0.0]))
    pictures.append(scene.picture().astype(int))
    painter = scene._painter
    models = (painter._holder.model, painter._renderer.model)
    faces.append([int(model.mesh_facenum.sum()) for model in models])
    scene.close()
apart = np.abs(pictures[0] - pictures[1]).max(axis=2)
print(json.dumps({"faces": faces, "mean": apart.mean(), "seen": (apart > 20).mean()}))
"""


@needs_gl
@pytest.mark.parametrize("size", [(320, 240), (640, 480)])
def test_nobody_sees_it_and_the_simulation_keeps_its_model(size):
    # In a process of its own: this one has no GL.
    ended = subprocess.run(
        [sys.executable, "-c", DRAW, *map(str, size)],
        env={**os.environ, "MUJOCO_GL": WORKS.backend},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said = json.loads(ended.stdout)
    (whole, _same), (held, drawn) = said["faces"]
    assert held == whole > 60_000
    assert drawn < 0.7 * whole
    assert 0 < said["mean"] < 0.5
    assert said["seen"] < 0.003
