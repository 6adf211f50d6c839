"""Meshes without the detail that no pixel shows: software GL pays for each of their corners."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np

FEW_FACES = 20_000
"""Models with no more triangles in all are drawn as they are: they are fast."""
_PIXELS = 2 / 3
"""Corners of a mesh that are no further apart are one."""


def drawn(model: Any, camera: Any, height: int) -> Any:
    """A model to draw: a copy with coarser meshes where that saves much, else the model itself.

    ``camera`` is what ``mujoco.Renderer.update_scene`` takes, ``height`` the picture's, in pixels.
    A copy is for drawing alone: the simulation keeps its model.
    """
    size = _PIXELS * _pixel(model, camera, height)
    if size <= 0 or int(model.mesh_facenum.sum()) <= FEW_FACES:
        return model
    return coarser(model, size)


def coarser(model: Any, size: float) -> Any:
    """A copy of a model whose meshes have one corner in each cube of ``size`` metres.

    Triangles that fall together in this are left out (vertex clustering: Rossignac and Borrel,
    "Multi-resolution 3D approximations for rendering complex scenes", 1993).
    """
    made = copy.copy(model)
    for mesh in range(model.nmesh):
        corners = _range(model.mesh_vertadr[mesh], model.mesh_vertnum[mesh])
        cubes = np.floor(model.mesh_vert[corners] / size).astype(np.int64)
        _cubes, first, cube = np.unique(cubes, axis=0, return_index=True, return_inverse=True)
        merged = first[cube.ravel()]
        faces = _range(model.mesh_faceadr[mesh], model.mesh_facenum[mesh])
        triangles = merged[model.mesh_face[faces]]
        a, b, c = triangles.T
        kept = (a != b) & (b != c) & (a != c)
        count = int(kept.sum())
        left = _range(model.mesh_faceadr[mesh], count)
        made.mesh_face[left] = triangles[kept]
        made.mesh_facenormal[left] = model.mesh_facenormal[faces][kept]
        made.mesh_facetexcoord[left] = model.mesh_facetexcoord[faces][kept]
        made.mesh_facenum[mesh] = count
    return made


def _pixel(model: Any, camera: Any, height: int) -> float:
    """Metres that a pixel shows where the camera looks at; 0 where that is not known."""
    distance = getattr(camera, "distance", 0.0)
    return 2 * distance * math.tan(math.radians(model.vis.global_.fovy) / 2) / height


def _range(start: int, count: int) -> slice:
    return slice(int(start), int(start) + int(count))
