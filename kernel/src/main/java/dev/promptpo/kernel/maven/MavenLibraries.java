package dev.promptpo.kernel.maven;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.util.artifact.JavaScopes;
import org.eclipse.aether.util.artifact.SubArtifact;
import org.eclipse.aether.util.filter.DependencyFilterUtils;

/**
 * Finds libraries with all that they need at run time, and fetches what is not there yet.
 *
 * <p>Repositories, mirrors, proxies and passwords are those of the user's {@code settings.xml}, as
 * for Maven itself; so is the folder that keeps what was fetched.
 */
public final class MavenLibraries {
    private static final Pattern COORDINATES = Pattern.compile("[^:\\s]+:[^:\\s]+(:[^:\\s]+){1,3}");

    private final UserSettings settings;
    private final Consumer<String> progress;

    MavenLibraries(UserSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * For the user of this machine.
     *
     * @param progress takes a line for each file that is fetched
     * @throws MavenException when the settings cannot be read
     */
    public static MavenLibraries ofUser(Consumer<String> progress) throws MavenException {
        return new MavenLibraries(UserSettings.read(), progress);
    }

    /**
     * The libraries and all that they need, in the order of a class path.
     *
     * @param coordinates each {@code group:artifact:version}, with {@code :extension} and {@code
     *     :classifier} before the version where they are needed
     * @param repositories addresses that are asked besides the usual repository
     * @throws MavenException when something is not found or cannot be fetched
     * @throws InterruptedException when this thread is interrupted while it waits
     */
    public List<Library> resolve(List<String> coordinates, List<String> repositories)
            throws MavenException, InterruptedException {
        List<Artifact> artifacts = new ArrayList<>();
        for (String text : coordinates) {
            artifacts.add(artifact(text));
        }
        return waitFor(() -> find(artifacts, settings.repositories(repositories)), coordinates);
    }

    // On a thread of its own: reading from the network does not end when it is interrupted.
    private <T> T waitFor(Callable<T> task, List<String> coordinates)
            throws MavenException, InterruptedException {
        FutureTask<T> work = new FutureTask<>(task);
        Thread thread = Thread.ofPlatform().daemon().name("maven").start(work);
        try {
            return work.get();
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DependencyResolutionException failure) {
                throw Failure.of(failure, settings);
            }
            throw new MavenException("cannot resolve " + coordinates + ": " + e.getCause(), e);
        }
    }

    /**
     * Fetches the sources of these libraries to where their jars are, for tooltips; libraries that
     * have none are passed over.
     *
     * @return how many were found
     */
    public int fetchSources(List<String> coordinates, List<String> repositories)
            throws MavenException, InterruptedException {
        List<Artifact> sources = new ArrayList<>();
        for (String text : coordinates) {
            sources.add(new SubArtifact(artifact(text), "sources", "jar"));
        }
        return waitFor(
                () -> findSources(sources, settings.repositories(repositories)), coordinates);
    }

    private int findSources(List<Artifact> sources, List<RemoteRepository> repositories) {
        RepositorySystem system = new RepositorySystemSupplier().get();
        int found = 0;
        try {
            RepositorySystemSession session =
                    settings.session(system, new TransferProgress(progress));
            List<RemoteRepository> asked = system.newResolutionRepositories(session, repositories);
            for (Artifact source : sources) {
                try {
                    system.resolveArtifact(session, new ArtifactRequest(source, asked, null));
                    found++;
                } catch (ArtifactResolutionException e) {
                    progress.accept("  no sources of " + source.getArtifactId());
                }
            }
            return found;
        } finally {
            system.shutdown();
        }
    }

    private static Artifact artifact(String text) throws MavenException {
        if (!COORDINATES.matcher(text).matches()) {
            throw new MavenException(
                    "expected group:artifact:version, as in org.apache.commons:commons-csv:1.11.0;"
                            + " got "
                            + text);
        }
        return new DefaultArtifact(text);
    }

    private List<Library> find(List<Artifact> artifacts, List<RemoteRepository> repositories)
            throws DependencyResolutionException {
        RepositorySystem system = new RepositorySystemSupplier().get();
        try {
            RepositorySystemSession session =
                    settings.session(system, new TransferProgress(progress));
            CollectRequest collect = new CollectRequest();
            artifacts.forEach(artifact ->
                    collect.addDependency(new Dependency(artifact, JavaScopes.COMPILE)));
            collect.setRepositories(system.newResolutionRepositories(session, repositories));
            DependencyRequest request =
                    new DependencyRequest(
                            collect,
                            DependencyFilterUtils.classpathFilter(
                                    JavaScopes.COMPILE, JavaScopes.RUNTIME));
            return system.resolveDependencies(session, request).getArtifactResults().stream()
                    .map(ArtifactResult::getArtifact)
                    .map(MavenLibraries::library)
                    .toList();
        } finally {
            system.shutdown();
        }
    }

    private static Library library(Artifact artifact) {
        return new Library(
                artifact.getGroupId(),
                artifact.getArtifactId(),
                artifact.getVersion(),
                artifact.getFile().toPath());
    }
}
