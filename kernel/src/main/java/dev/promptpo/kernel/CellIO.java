package dev.promptpo.kernel;

import java.nio.charset.StandardCharsets;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.JupyterIO;

/** What a cell shows and reads, led to the request that it answers. */
final class CellIO extends JupyterIO {
    CellIO() {
        super(StandardCharsets.UTF_8);
    }

    /**
     * Attaches to a request. It stays attached when the request has been answered, until the next:
     * what a thread shows after its cell has ended belongs to that cell.
     */
    void attach(ShellReplyEnvironment request, boolean inputAllowed) {
        setEnv(request);
        setJupyterInEnabled(inputAllowed);
    }
}
