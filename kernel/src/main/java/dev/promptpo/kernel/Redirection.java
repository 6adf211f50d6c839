package dev.promptpo.kernel;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * A static call that compiled cells make elsewhere than their source, or JShell, says.
 *
 * <p>A call names its target in the class's constant pool. There, the owner is replaced by a class
 * that has a method of the same name and descriptor; the code itself stays as it is, and so does a
 * class that never mentions it.
 *
 * @param owner internal name of the class that the call names
 * @param name the method
 * @param descriptor its descriptor
 * @param target the class that is called
 */
record Redirection(String owner, String name, String descriptor, Class<?> target) {
    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int METHOD = 10;
    private static final int NAME_AND_TYPE = 12;

    private static final List<Redirection> ALL =
            List.of(
                    new Redirection("java/lang/System", "exit", "(I)V", ExitGuard.class),
                    new Redirection("REPL/$Cancel$", "stopCheck", "()V", Checkpoint.class));

    /** A cell's class as it is loaded: exits are refused, and checks ask {@link Checkpoint}. */
    static byte[] applyAll(byte[] classFile) {
        byte[] redirected = classFile;
        for (Redirection redirection : ALL) {
            redirected = redirection.apply(redirected);
        }
        return redirected;
    }

    private byte[] apply(byte[] classFile) {
        try {
            Pool pool = Pool.read(classFile);
            int method = pool.methodReference(owner, name, descriptor);
            return method == 0
                    ? classFile
                    : pool.withClassOfMethod(method, target.getName().replace('.', '/'));
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
