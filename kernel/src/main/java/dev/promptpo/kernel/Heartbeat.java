package dev.promptpo.kernel;

import java.util.concurrent.atomic.AtomicReference;
import org.dflib.jjava.jupyter.channels.JupyterSocket;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.messages.HMACGenerator;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** Sends back what comes, at once: whether the kernel lives is seen from that. */
final class Heartbeat extends JupyterSocket {
    private final Reserve reserve;

    Heartbeat(ZMQ.Context context, HMACGenerator signatures, Reserve reserve) {
        super(context, SocketType.REP, signatures, LoggerFactory.getLogger(Heartbeat.class));
        this.reserve = reserve;
    }

    @Override
    public void bind(KernelConnectionProperties properties) {
        bind(formatAddress(properties.getTransport(), properties.getIp(), properties.getHbPort()));
        Thread.ofPlatform().daemon().name("heartbeat").start(this::serve);
    }

    private void serve() {
        AtomicReference<byte[]> beat = new AtomicReference<>();
        Runnable receive = () -> beat.set(recv());
        Runnable answer = () -> send(beat.get());
        while (true) {
            reserve.persist(receive);
            reserve.persist(answer);
        }
    }
}
