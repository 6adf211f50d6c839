"""Which JDK is chosen, over made-up folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from promptpo_setup import jdk
from promptpo_setup.errors import Stop


def make_jdk(folder: Path, version: str, compiler: bool = True, release: bool = True) -> Path:
    programs = folder / "bin"
    programs.mkdir(parents=True)
    for name in ["java", *(["javac"] if compiler else [])]:
        (programs / name).write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        (programs / name).chmod(0o755)
    if release:
        (folder / "release").write_text(f'IMPLEMENTOR="X"\nJAVA_VERSION="{version}"\n')
    return folder


def environ(tmp_path: Path, **named: str) -> dict[str, str]:
    return {"HOME": str(tmp_path / "user"), "PATH": ""} | named


def test_a_new_enough_kit_is_found_where_the_default_is_too_old(tmp_path: Path) -> None:
    old = make_jdk(tmp_path / "usr/lib/jvm/java-17", "17.0.15")
    new = make_jdk(tmp_path / "usr/lib/jvm/temurin-21", "21.0.4")
    asked = environ(tmp_path, PATH=str(old / "bin"), JAVA_HOME=str(old))

    assert jdk.choose(asked, tmp_path) == jdk.Jdk(new, "21.0.4")


@pytest.mark.parametrize(
    "place",
    [
        "usr/lib/jvm/a",
        "opt/a",
        "user/.sdkman/candidates/java/a",
        "user/.jdks/a",
        "Library/Java/JavaVirtualMachines/a.jdk/Contents/Home",
    ],
)
def test_each_usual_place_is_searched(tmp_path: Path, place: str) -> None:
    folder = make_jdk(tmp_path / place, "25.0.3")

    assert jdk.choose(environ(tmp_path), tmp_path).home == folder


def test_the_newest_with_long_term_support_is_preferred(tmp_path: Path) -> None:
    for version in ("21.0.9", "25.0.1", "25.0.10", "26"):
        make_jdk(tmp_path / "usr/lib/jvm" / version, version)

    assert jdk.choose(environ(tmp_path), tmp_path).version == "25.0.10"


def test_without_long_term_support_the_newest_will_do(tmp_path: Path) -> None:
    for version in ("22.0.2", "24.0.1", "17.0.1"):
        make_jdk(tmp_path / "usr/lib/jvm" / version, version)

    assert jdk.choose(environ(tmp_path), tmp_path).version == "24.0.1"


def test_java_home_is_respected_when_it_is_new_enough(tmp_path: Path) -> None:
    make_jdk(tmp_path / "usr/lib/jvm/25", "25.0.3")
    mine = make_jdk(tmp_path / "mine", "22.0.1")

    assert jdk.choose(environ(tmp_path, JAVA_HOME=str(mine)), tmp_path).home == mine


def test_a_runtime_without_a_compiler_is_passed_over(tmp_path: Path) -> None:
    make_jdk(tmp_path / "usr/lib/jvm/jre", "25.0.3", compiler=False)

    with pytest.raises(Stop, match=r"no JDK 21 or newer .*none at all.*; install one"):
        jdk.choose(environ(tmp_path), tmp_path)


def test_where_all_are_too_old_the_message_names_them(tmp_path: Path) -> None:
    make_jdk(tmp_path / "usr/lib/jvm/eight", "1.8.0_402")

    with pytest.raises(Stop, match=r"1\.8\.0_402 in .*eight"):
        jdk.choose(environ(tmp_path), tmp_path)


def test_without_a_release_file_the_kit_is_asked(tmp_path: Path) -> None:
    make_jdk(tmp_path / "usr/lib/jvm/quiet", "23.0.1", release=False)

    assert jdk.choose(environ(tmp_path), tmp_path).version == "23.0.1"


def test_a_kit_named_for_us_is_taken_at_its_word(tmp_path: Path) -> None:
    make_jdk(tmp_path / "usr/lib/jvm/25", "25.0.3")
    old = make_jdk(tmp_path / "old", "17.0.1")

    with pytest.raises(Stop, match=r"PROMPTPO_JAVA_HOME=.*old holds JDK 17\.0\.1"):
        jdk.choose(environ(tmp_path, PROMPTPO_JAVA_HOME=str(old)), tmp_path)


def test_one_kit_under_two_names_is_listed_once(tmp_path: Path) -> None:
    real = make_jdk(tmp_path / "usr/lib/jvm/real", "21.0.4")
    (tmp_path / "usr/lib/jvm/also").symlink_to(real)

    assert len(jdk.found(environ(tmp_path, JAVA_HOME=str(real)), tmp_path)) == 1


@pytest.mark.parametrize(
    ("version", "feature", "long_term"),
    [("1.8.0_402", 8, False), ("17.0.1", 17, True), ("21", 21, True), ("26-ea", 26, False)],
)
def test_versions_are_read(version: str, feature: int, long_term: bool) -> None:
    kit = jdk.Jdk(Path("/x"), version)

    assert (kit.feature, kit.long_term) == (feature, long_term)


def test_only_kits_that_know_the_unsafe_flag_get_it() -> None:
    flag = "--sun-misc-unsafe-memory-access=allow"

    assert flag not in jdk.Jdk(Path("/x"), "21.0.4").flags()
    assert flag in jdk.Jdk(Path("/x"), "23.0.1").flags()


def test_text_is_laid_out_through_jni() -> None:
    # Kits that know no other way take the property for nothing.
    for version in ("21.0.4", "25.0.1"):
        assert "-Dsun.font.layout.ffm=false" in jdk.Jdk(Path("/x"), version).flags()
