package dev.promptpo.kernel.maven;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.transfer.TransferResource;

/** A line for each jar that is fetched, and for each quarter of a large one. */
final class TransferProgress extends AbstractTransferListener {
    private static final long LARGE_BYTES = 4L << 20;
    private static final int PARTS = 4;

    private final Consumer<String> lines;
    private final Map<TransferResource, Long> said = new ConcurrentHashMap<>();

    TransferProgress(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void transferProgressed(TransferEvent event) {
        TransferResource resource = event.getResource();
        long whole = resource.getContentLength();
        if (whole < LARGE_BYTES) {
            return;
        }
        long part = event.getTransferredBytes() * PARTS / whole;
        Long before = said.put(resource, part);
        if (part < PARTS && part > (before == null ? 0 : before)) {
            lines.accept(
                    "  " + name(resource) + ": " + part * 100 / PARTS + " % of " + size(whole));
        }
    }

    @Override
    public void transferSucceeded(TransferEvent event) {
        if (name(event.getResource()).endsWith(".jar")) {
            lines.accept(
                    "  " + name(event.getResource()) + ", " + size(event.getTransferredBytes()));
        }
    }

    private static String name(TransferResource resource) {
        String path = resource.getResourceName();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String size(long bytes) {
        return bytes < 1 << 20
                ? Math.max(1, bytes >> 10) + " KiB"
                : String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }
}
