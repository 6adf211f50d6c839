package dev.promptpo.kernel.maven;

import java.nio.file.Path;

/** A library that has been resolved: its coordinates and its file. */
public record Library(String group, String artifact, String version, Path file) {
    @Override
    public String toString() {
        return group + ":" + artifact + ":" + version;
    }
}
