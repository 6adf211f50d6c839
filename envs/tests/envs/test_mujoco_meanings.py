"""What the specifications say of signs, units and points, seen in the simulator."""

import re

import mujoco
import numpy as np
import promptpo_envs
import pytest
from promptpo_envs.mujoco import FAMILY
from promptpo_policy.observation import observation_factory


def task(name: str):
    """The bare simulation of an environment, in its first pose."""
    env = promptpo_envs.make(name).unwrapped
    env.reset(seed=0)
    env.set_state(env.init_qpos, np.zeros(env.model.nv))
    return env


def posed(name: str, **joints: float):
    """The simulation in its first pose, but for the named joints."""
    env = task(name)
    pose = env.init_qpos.copy()
    for joint, value in joints.items():
        pose[env.model.joint(joint).qposadr[0]] = value
    env.set_state(pose, np.zeros(env.model.nv))
    return env


def axis(env, joint: str) -> list[float]:
    return env.data.joint(joint).xaxis.round(9).tolist()


CLOCKWISE_FROM_THE_SIDE, ANTICLOCKWISE_FROM_THE_SIDE = [0, 1, 0], [0, -1, 0]
ANTICLOCKWISE_FROM_ABOVE = [0, 0, 1]


def test_a_turn_about_plus_y_is_clockwise_seen_from_the_side():
    """Seen from -y, with x to the right and z up: what is up goes to the right."""
    tip = posed("InvertedDoublePendulum-v5", hinge=0.3).data.site("tip").xpos
    assert tip[0] == pytest.approx(1.2 * np.sin(0.3))
    assert tip[2] == pytest.approx(1.2 * np.cos(0.3))


@pytest.mark.parametrize(
    "name, joints, expected",
    [
        ("Reacher-v5", ["joint0", "joint1"], ANTICLOCKWISE_FROM_ABOVE),
        ("Swimmer-v5", ["free_body_rot", "motor1_rot", "motor2_rot"], ANTICLOCKWISE_FROM_ABOVE),
        ("InvertedDoublePendulum-v5", ["hinge", "hinge2"], CLOCKWISE_FROM_THE_SIDE),
        ("Hopper-v5", ["rooty"], CLOCKWISE_FROM_THE_SIDE),
        ("Hopper-v5", ["thigh_joint", "leg_joint", "foot_joint"], ANTICLOCKWISE_FROM_THE_SIDE),
        (
            "HalfCheetah-v5",
            ["rooty", "bthigh", "bshin", "bfoot", "fthigh", "fshin", "ffoot"],
            CLOCKWISE_FROM_THE_SIDE,
        ),
        ("Ant-v5", ["hip_1", "hip_2", "hip_3", "hip_4"], ANTICLOCKWISE_FROM_ABOVE),
    ],
)
def test_joints_turn_the_way_that_the_text_says(name, joints, expected):
    env = task(name)
    for joint in joints:
        assert axis(env, joint) == expected


def test_reacher_fingertip_and_target():
    env = posed("Reacher-v5", joint0=0.3, joint1=0.4, target_x=0.05, target_y=-0.1)
    fingertip, target = env.data.body("fingertip").xpos, env.data.body("target").xpos
    assert (fingertip[:2] > 0).all()
    assert target[:2] == pytest.approx([0.05, -0.1])
    frame = env._get_obs()
    assert frame[:4] == pytest.approx([np.cos(0.3), np.cos(0.4), np.sin(0.3), np.sin(0.4)])
    assert frame[4:6] == pytest.approx([0.05, -0.1])
    assert frame[8:] == pytest.approx(fingertip[:2] - target[:2])
    assert env.model.joint("joint1").range.tolist() == [-3, 3]


def test_swimmer_tip_is_half_a_metre_behind_rotor_1_on_the_front_links_axis():
    angle = 0.5
    env = posed("Swimmer-v5", slider1=2.0, slider2=-1.0, free_body_rot=angle, motor1_rot=0.7)
    along = np.array([np.cos(angle), np.sin(angle)])
    rotor_1 = env.data.joint("motor1_rot").xanchor[:2]
    assert rotor_1 - 0.5 * along == pytest.approx([2.0, -1.0])
    front = env.data.geom_xpos[env.model.body("torso").geomadr[0]][:2]
    assert front == pytest.approx(rotor_1 + 0.5 * along)
    rotor_2 = env.data.joint("motor2_rot").xanchor[:2]
    turned = np.array([np.cos(angle + 0.7), np.sin(angle + 0.7)])
    assert rotor_2 == pytest.approx(rotor_1 - turned)
    assert env.model.joint("motor1_rot").range == pytest.approx([-1.745, 1.745], abs=1e-3)


def test_hopper_height_and_hinges():
    env = posed("Hopper-v5")
    assert env.data.body("torso").xpos[2] == 1.25
    foot = env.data.body("foot").xpos[0]
    for joint in ("thigh_joint", "leg_joint"):
        assert posed("Hopper-v5", **{joint: 0.3}).data.body("foot").xpos[0] > foot
    # At an angle of 0 the foot is at a right angle to the leg and points forward.
    ankle = env.data.joint("foot_joint").xanchor
    toe = env.data.geom("foot_geom").xpos - ankle
    assert toe[0] > 0 and toe[2] == pytest.approx(0)
    lifted = posed("Hopper-v5", foot_joint=0.3).data.geom("foot_geom").xpos - ankle
    assert lifted[2] > 0
    limits = [env.model.joint(j).range.round(2).tolist() for j in ("thigh_joint", "leg_joint")]
    assert limits == [[-2.62, 0], [-2.62, 0]]
    assert env.model.joint("foot_joint").range == pytest.approx([-0.79, 0.79], abs=0.01)


def test_half_cheetah_height_nose_and_limits():
    env = posed("HalfCheetah-v5", rootz=0.1)
    assert env.data.body("torso").xpos[2] == pytest.approx(0.8)
    level = posed("HalfCheetah-v5").data.geom("head").xpos[2]
    assert posed("HalfCheetah-v5", rooty=0.2).data.geom("head").xpos[2] < level
    fields = {f["name"]: f for f in promptpo_envs.specification("HalfCheetah-v5")["observation"]}
    joints = ["bthigh", "bshin", "bfoot", "fthigh", "fshin", "ffoot"]
    names = [f"{side}_{part}" for side in ("back", "front") for part in ("thigh", "shin", "foot")]
    for joint, name in zip(joints, names, strict=True):
        low, high = env.model.joint(joint).range
        assert f"limits {low:g} and {high:g}" in fields[f"{name}_angle"]["meaning"]


def test_double_pendulum_is_pushed_back_by_the_ends_of_its_rail_and_nowhere_else():
    env = task("InvertedDoublePendulum-v5")
    forces = {"inside": set(), "right": set(), "left": set()}
    for push in (0.05, -0.05):
        env.reset(seed=1)
        env.set_state(np.zeros(3), np.zeros(3))
        for _ in range(200):
            before = env.data.qpos[0]
            frame, *_ = env.step(np.array([push]))
            if max(abs(before), abs(frame[0])) < 0.9:
                forces["inside"].add(float(frame[8]))
            elif abs(frame[8]) > 0:
                forces["right" if frame[0] > 0 else "left"].add(float(frame[8]))
    assert forces["inside"] == {0.0}
    assert forces["right"] and max(forces["right"]) < 0
    assert forces["left"] and min(forces["left"]) > 0


def test_ant_legs_and_ankles():
    level = posed("Ant-v5")
    signs = {1: (1, 1), 2: (-1, 1), 3: (-1, -1), 4: (1, -1)}
    for leg, (x, y) in signs.items():
        hip, ankle = level.data.joint(f"hip_{leg}"), level.data.joint(f"ankle_{leg}")
        away = ankle.xanchor - hip.xanchor
        assert np.sign(away[:2]).tolist() == [x, y] and away[2] == 0
        low, high = level.model.joint(f"ankle_{leg}").range
        assert sorted(abs(limit) for limit in (low, high)) == pytest.approx([0.52, 1.22], abs=0.01)
        down = 0.9 if low > 0 else -0.9
        assert down == (0.9 if leg in (1, 4) else -0.9)
        bent = posed("Ant-v5", **{f"ankle_{leg}": down})
        foot = bent.model.body(f"aux_{leg}").id + 1
        shank = bent.model.body_geomadr[foot]
        assert bent.data.geom_xpos[shank][2] < bent.data.joint(f"ankle_{leg}").xanchor[2] - 0.1


def test_ant_angular_velocity_is_about_its_own_axes_and_its_velocity_along_the_worlds():
    env = task("Ant-v5")
    pose, velocity = env.init_qpos.copy(), np.zeros(env.model.nv)
    pose[3:7] = [np.cos(np.pi / 4), np.sin(np.pi / 4), 0, 0]  # a quarter turn about x
    velocity[:6] = [1, 2, 3, 0, 0, 1]
    env.set_state(pose, velocity)
    seen = np.zeros(6)
    mujoco.mj_objectVelocity(env.model, env.data, mujoco.mjtObj.mjOBJ_BODY, 1, seen, 0)
    assert seen[3:] == pytest.approx([1, 2, 3])
    # A quarter turn about x brings its own z axis to the world's -y.
    assert seen[:3] == pytest.approx([0, -1, 0])


def test_ant_contact_fields_hold_torque_about_the_centre_of_mass_then_force():
    env = task("Ant-v5")
    for _ in range(80):
        frame, *_ = env.step(np.zeros(8))
    forces = env.data.cfrc_ext[1:]
    weight = 9.81 * env.model.body_mass.sum()
    assert forces[:, 5].sum() == pytest.approx(weight, rel=0.01)
    contacts = np.zeros((env.model.nbody, 6))
    centre = env.data.subtree_com[1]
    for index, contact in enumerate(env.data.contact):
        local = np.zeros(6)
        mujoco.mj_contactForce(env.model, env.data, index, local)
        force = contact.frame.reshape(3, 3).T @ local[:3]
        bodies = env.model.geom_bodyid[contact.geom]
        for body, push in zip(bodies, (-force, force), strict=True):
            contacts[body] += [*np.cross(contact.pos - centre, push), *push]
    assert forces == pytest.approx(contacts[1:], abs=1e-9)
    assert frame[27:] == pytest.approx(np.clip(forces, -1, 1).ravel())

    fields = promptpo_envs.specification("Ant-v5")["observation"]
    named = [f["name"] for f in fields if f["name"].startswith("contact_")]
    expected = ["contact_torso"]
    for leg in range(1, 5):
        expected += [f"contact_{part}_{leg}" for part in ("root", "upper", "lower")]
    assert named == expected
    bodies = ["front_left_leg", "front_right_leg", "back_leg", "right_back_leg"]
    for leg, body in enumerate(bodies, 1):
        first = env.model.body(body).id
        assert first == 2 + 3 * (leg - 1)
        assert env.model.body(f"aux_{leg}").id == first + 1


def test_humanoid_joints_turn_about_the_axes_and_within_the_limits_that_the_text_says():
    env = task("Humanoid-v5")
    fields = promptpo_envs.specification("Humanoid-v5")["observation"]
    angles = [field for field in fields if field["name"].endswith("_angle")]
    assert len(angles) == 17
    for index, field in enumerate(angles):
        joint = env.model.joint(field["name"].removesuffix("_angle"))
        assert joint.qposadr[0] == 7 + index
        numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", field["meaning"])]
        said = np.array(numbers[:3]) / np.linalg.norm(numbers[:3])
        # The waist is built with a tilt of 0.004 rad.
        assert env.data.joint(joint.name).xaxis == pytest.approx(said, abs=0.01)
        assert joint.range == pytest.approx(numbers[3:], abs=0.005)


def test_humanoid_rows_are_of_its_bodies():
    env = task("Humanoid-v5")
    bodies = [env.model.body(1 + row).name for row in range(13)]
    assert bodies == [
        *("torso", "lwaist", "pelvis"),
        *(f"{side}_{part}" for side in ("right", "left") for part in ("thigh", "shin", "foot")),
        *(f"{side}_{part}_arm" for side in ("right", "left") for part in ("upper", "lower")),
    ]
    document = promptpo_envs.specification("Humanoid-v5")
    named = observation_factory(document["observation"], document["vector_size"])
    draw = np.random.default_rng(0)
    for _ in range(30):
        env.step(draw.uniform(-0.4, 0.4, 17))
    # The body quantities are those of the last evaluation: evaluate where the joints are now.
    mujoco.mj_forward(env.model, env.data)
    seen, centre = named(env._get_obs()), env.data.subtree_com[1]
    for row in range(13):
        body, (inertia, velocity) = 1 + row, (seen.body_inertia[row], seen.body_velocity[row])
        mass, offset = env.model.body_mass[body], env.data.xipos[body] - centre
        assert inertia[9] == pytest.approx(mass)
        assert inertia[6:9] == pytest.approx(mass * offset)
        turned = env.data.ximat[body].reshape(3, 3)
        about = turned @ np.diag(env.model.body_inertia[body]) @ turned.T
        about += mass * (offset @ offset * np.eye(3) - np.outer(offset, offset))
        upper = [about[0, 0], about[1, 1], about[2, 2], about[0, 1], about[0, 2], about[1, 2]]
        assert inertia[:6] == pytest.approx(upper, abs=1e-9)
        own = np.zeros(6)
        mujoco.mj_objectVelocity(env.model, env.data, mujoco.mjtObj.mjOBJ_BODY, body, own, 0)
        carried = own[3:] + np.cross(own[:3], -offset)
        assert velocity == pytest.approx([*own[:3], *carried], abs=1e-9)
    assert seen.joint_torque == pytest.approx(env.data.qfrc_actuator[6:])
    assert seen.contact_forces.shape == (13, 6)


VELOCITIES_FROM = {
    "Ant-v5": 13,
    "HalfCheetah-v5": 8,
    "Hopper-v5": 5,
    "Humanoid-v5": 22,
    "InvertedDoublePendulum-v5": 5,
    "Reacher-v5": 6,
    "Swimmer-v5": 3,
}


@pytest.mark.parametrize("name", VELOCITIES_FROM)
def test_a_positive_action_drives_the_velocity_of_its_name_upwards(name):
    document, env = promptpo_envs.specification(name), task(name)
    names = [field["name"] for field in document["observation"]][VELOCITIES_FROM[name] :]
    for index, action in enumerate(document["action"]["names"]):
        env.data.ctrl[:] = 0
        full = document["action"]["high"][index]
        env.data.ctrl[index] = full
        mujoco.mj_forward(env.model, env.data)
        joint = "cart" if action == "force" else action.removeprefix("torque_")
        driven = np.zeros(env.model.nv)
        driven[names.index(f"{joint}_velocity")] = full * env.model.actuator_gear[index, 0]
        assert env.data.qfrc_actuator == pytest.approx(driven)


@pytest.mark.parametrize("name", FAMILY.ids())
def test_first_states_are_drawn_as_the_text_says(name):
    """Uniform positions within their width; velocities uniform or normal as told."""
    widths = {
        "Ant-v5": (0.1, "normal"),
        "HalfCheetah-v5": (0.1, "normal"),
        "Hopper-v5": (0.005, "uniform"),
        "Humanoid-v5": (0.01, "uniform"),
        "InvertedDoublePendulum-v5": (0.1, "normal"),
        "Reacher-v5": (0.1, "uniform"),
        "Swimmer-v5": (0.1, "uniform"),
    }
    width, velocities = widths[name]
    env = task(name)
    count = 2 if name == "Reacher-v5" else env.model.nq
    positions, speeds, targets = [], [], []
    for seed in range(400):
        env.reset(seed=seed)
        positions.append(env.data.qpos[:count] - env.init_qpos[:count])
        speeds.append(env.data.qvel[:count].copy())
        targets.append(env.data.qpos[2:].copy())
    assert 0.95 * width < np.abs(positions).max() <= width
    assert np.std(positions) == pytest.approx(width / 3**0.5, rel=0.05)
    spread = 0.005 if name == "Reacher-v5" else width
    if velocities == "uniform":
        assert 0.95 * spread < np.abs(speeds).max() <= spread
    else:
        assert np.std(speeds) == pytest.approx(spread, rel=0.05)
        assert np.abs(speeds).max() > 2.5 * spread
    if name == "Reacher-v5":
        radii = np.linalg.norm(targets, axis=1)
        assert radii.max() < 0.2
        # Uniform on the disc: the mean distance is two thirds of the radius.
        assert radii.mean() == pytest.approx(0.2 * 2 / 3, rel=0.05)
