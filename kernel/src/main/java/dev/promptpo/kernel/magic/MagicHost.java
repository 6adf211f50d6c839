package dev.promptpo.kernel.magic;

import java.nio.file.Path;
import java.util.List;

/** What magics need of the session that they work on. */
public interface MagicHost {
    /** Makes jars and folders of classes known to the compiler and to the cells that follow. */
    void addToClassPath(List<Path> entries);

    /** Where cells' classes are looked for, in order: jars and folders. */
    List<Path> classPath();

    /** Shows a value below the running cell. */
    void show(Object value);

    /** Runs Java source as a part of the running cell, and gives its value or null. */
    Object evalRaw(String source);
}
