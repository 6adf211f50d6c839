package dev.promptpo.kernel;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;
import jdk.jshell.spi.ExecutionControl.ClassInstallException;
import jdk.jshell.spi.ExecutionControl.InternalException;

/**
 * Holds the classes of a session's cells, over the application's class path.
 *
 * <p>One loader for the whole session: a cell's class stays reachable for as long as the session
 * lives, as a cell's variable does.
 */
final class SessionLoader extends URLClassLoader implements LoaderDelegate {
    static {
        ClassLoader.registerAsParallelCapable();
    }

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Map<String, byte[]> declared = new ConcurrentHashMap<>();

    /**
     * @param parentsPath entries of the class path that {@code parent} looks into already
     */
    SessionLoader(ClassLoader parent, Collection<String> parentsPath) {
        super("cells", new URL[0], parent);
        known.addAll(parentsPath);
    }

    @Override
    public void load(ClassBytecodes[] classes) throws ClassInstallException {
        boolean[] loaded = new boolean[classes.length];
        // All are declared before the first is loaded: they may refer to each other.
        for (ClassBytecodes bytes : classes) {
            declared.put(bytes.name(), Redirection.applyAll(bytes.bytecodes()));
        }
        try {
            for (int i = 0; i < classes.length; i++) {
                Class<?> type = loadClass(classes[i].name());
                // Resolves signatures now, so that a missing class is this snippet's error.
                Objects.requireNonNull(type.getDeclaredMethods());
                loaded[i] = true;
            }
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ClassInstallException(e.toString(), loaded);
        }
    }

    @Override
    public void classesRedefined(ClassBytecodes[] classes) {
        for (ClassBytecodes bytes : classes) {
            declared.put(bytes.name(), bytes.bytecodes());
        }
    }

    @Override
    public void addToClasspath(String path) throws InternalException {
        for (String entry : path.split(File.pathSeparator, -1)) {
            if (entry.isEmpty() || !known.add(entry)) {
                continue;
            }
            try {
                addURL(Path.of(entry).toUri().toURL());
            } catch (MalformedURLException e) {
                throw new InternalException("not a class path entry: " + entry + ": " + e);
            }
        }
    }

    @Override
    public Class<?> findClass(String name) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            byte[] bytes = declared.get(name);
            if (bytes == null) {
                return super.findClass(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
