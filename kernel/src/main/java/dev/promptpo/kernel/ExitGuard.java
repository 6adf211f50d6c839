package dev.promptpo.kernel;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Keeps a cell from ending the kernel by accident: {@code System.exit} written in a cell is
 * refused.
 *
 * <p>A call names its target in the class's constant pool. There, {@code
 * java.lang.System.exit(int)} is replaced by {@link #exit(int)}; the code itself stays as it is,
 * and so does a class that never mentions it. An exit inside a library, or through {@code Runtime},
 * still ends the kernel.
 */
public final class ExitGuard {
    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int METHOD = 10;
    private static final int NAME_AND_TYPE = 12;

    private ExitGuard() {}

    /**
     * What {@code System.exit(status)} in a cell calls.
     *
     * @throws UnsupportedOperationException always; the message says what to do
     */
    public static void exit(int status) {
        throw new UnsupportedOperationException(
                "System.exit("
                        + status
                        + ") is refused in a notebook: it would end the kernel and lose the session."
                        + " To leave a cell early, throw an exception; to end the session, use the"
                        + " notebook's restart or shutdown.");
    }

    /** The class with its references to {@code System.exit} led to {@link #exit(int)}. */
    static byte[] redirectExit(byte[] classFile) {
        try {
            Pool pool = Pool.read(classFile);
            int method = pool.methodReference("java/lang/System", "exit", "(I)V");
            return method == 0
                    ? classFile
                    : pool.withClassOfMethod(method, ExitGuard.class.getName().replace('.', '/'));
        } catch (IOException e) {
            throw new UncheckedIOException("not a class file", e);
        }
    }

    /**
     * The constant pool of a class file (The Java Virtual Machine Specification, section 4.4).
     *
     * @param entries tag of each constant, index from 1
     * @param first first index that a constant holds, or 0
     * @param second second index that a constant holds, or 0
     * @param texts text of each Utf8 constant
     * @param positions where each constant's tag byte is in the file
     * @param end where the pool ends in the file
     */
    private record Pool(
            byte[] file,
            int[] entries,
            int[] first,
            int[] second,
            String[] texts,
            int[] positions,
            int end) {

        static Pool read(byte[] file) throws IOException {
            ByteArrayInputStream bytes = new ByteArrayInputStream(file);
            DataInputStream in = new DataInputStream(bytes);
            in.skipBytes(8); // magic, minor and major version
            int count = in.readUnsignedShort();
            int[] entries = new int[count];
            int[] first = new int[count];
            int[] second = new int[count];
            String[] texts = new String[count];
            int[] positions = new int[count];
            for (int i = 1; i < count; i++) {
                positions[i] = file.length - bytes.available();
                entries[i] = in.readUnsignedByte();
                switch (entries[i]) {
                    case UTF8 -> texts[i] = in.readUTF();
                    case CLASS, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
                    case 9, METHOD, 11, NAME_AND_TYPE, 17, 18 -> {
                        first[i] = in.readUnsignedShort();
                        second[i] = in.readUnsignedShort();
                    }
                    case 3, 4 -> in.skipBytes(4);
                    case 15 -> in.skipBytes(3);
                    case 5, 6 -> {
                        in.skipBytes(8);
                        i++; // a long or a double takes two places
                    }
                    default -> throw new IOException("unknown constant " + entries[i]);
                }
            }
            return new Pool(
                    file,
                    entries,
                    first,
                    second,
                    texts,
                    positions,
                    file.length - bytes.available());
        }

        int methodReference(String owner, String name, String descriptor) {
            for (int i = 1; i < entries.length; i++) {
                if (entries[i] == METHOD
                        && owner.equals(texts[first[first[i]]])
                        && name.equals(texts[first[second[i]]])
                        && descriptor.equals(texts[second[second[i]]])) {
                    return i;
                }
            }
            return 0;
        }

        byte[] withClassOfMethod(int method, String owner) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(file.length + 64);
            DataOutputStream out = new DataOutputStream(bytes);
            int count = entries.length;
            out.write(file, 0, 8);
            out.writeShort(count + 2);
            byte[] constants = Arrays.copyOfRange(file, 10, end);
            int at = positions[method] - 10 + 1;
            constants[at] = (byte) ((count + 1) >> 8);
            constants[at + 1] = (byte) (count + 1);
            out.write(constants);
            out.writeByte(UTF8);
            out.writeUTF(owner);
            out.writeByte(CLASS);
            out.writeShort(count);
            out.write(file, end, file.length - end);
            return bytes.toByteArray();
        }
    }
}
