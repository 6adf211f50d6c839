package dev.promptpo.kernel.maven;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactDescriptorException;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.eclipse.aether.transfer.ArtifactNotFoundException;
import org.eclipse.aether.transfer.ArtifactTransferException;
import org.eclipse.aether.transfer.MetadataTransferException;

/**
 * The resolver's tower of causes in words: what is missing, or which repository is out of reach.
 */
final class Failure {
    private Failure() {}

    static MavenException of(DependencyResolutionException failure, UserSettings settings) {
        Set<String> missing = new LinkedHashSet<>();
        Set<String> unreachable = new LinkedHashSet<>();
        for (Throwable cause : causes(failure)) {
            if (cause instanceof ArtifactNotFoundException none) {
                missing.add(text(none.getArtifact()));
            } else if (cause instanceof ArtifactTransferException transfer) {
                unreachable.add(text(transfer.getRepository(), transfer));
            } else if (cause instanceof MetadataTransferException transfer) {
                unreachable.add(text(transfer.getRepository(), transfer));
            }
        }
        if (!unreachable.isEmpty()) {
            return new MavenException(
                    "cannot reach "
                            + String.join(" and ", unreachable)
                            + "; without a network, only what is in "
                            + settings.localRepository()
                            + " can be had",
                    failure);
        }
        if (settings.isOffline()) {
            return new MavenException(
                    "Maven's settings say offline, and "
                            + settings.localRepository()
                            + " does not have all of it: "
                            + String.join(", ", missing),
                    failure);
        }
        if (!missing.isEmpty()) {
            return new MavenException(
                    "there is no "
                            + String.join(", ", missing)
                            + " in "
                            + String.join(" and ", repositories(failure))
                            + "; check group, artifact and version, or name the repository that"
                            + " has it: --repository URL",
                    failure);
        }
        return new MavenException(failure.getMessage(), failure);
    }

    private static List<Throwable> causes(DependencyResolutionException failure) {
        List<Throwable> causes = new ArrayList<>();
        addCauses(failure, causes);
        return causes;
    }

    private static void addCauses(Throwable failure, List<Throwable> causes) {
        for (Throwable at = failure; at != null && !causes.contains(at); at = at.getCause()) {
            causes.add(at);
            if (at instanceof ArtifactDescriptorException descriptor) {
                descriptor.getResult().getExceptions().forEach(one -> addCauses(one, causes));
            }
        }
    }

    private static List<String> repositories(DependencyResolutionException failure) {
        return failure.getResult().getRequest().getCollectRequest().getRepositories().stream()
                .map(repository -> repository.getId() + " (" + repository.getUrl() + ")")
                .toList();
    }

    private static String text(Artifact artifact) {
        return artifact.getGroupId()
                + ":"
                + artifact.getArtifactId()
                + ":"
                + artifact.getVersion()
                + (artifact.getExtension().equals("pom") ? " (its pom)" : "");
    }

    private static String text(RemoteRepository repository, Exception transfer) {
        Throwable root = transfer;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String where = repository == null ? "a repository" : repository.getUrl();
        return where + " (" + root.getClass().getSimpleName() + ": " + root.getMessage() + ")";
    }
}
