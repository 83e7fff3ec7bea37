package io.graft.djl.operators;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An operator as a TorchScript archive: an object without tensors, of a class of the source. */
final class OperatorArchive {
    private static final String MODULE = "operators";
    private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    private OperatorArchive() {}

    /** The source that is shipped. */
    static String source() {
        try (InputStream in = OperatorArchive.class.getResourceAsStream(MODULE + ".py")) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * @param source has the class of the operator
     */
    static byte[] of(Operator operator, String source) {
        return of(operator.className(), source);
    }

    /**
     * @param className one of the source's
     */
    static byte[] of(String className, String source) {
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("data.pkl", object(className));
        members.put("code/__torch__/" + MODULE + ".py", source.getBytes(UTF_8));
        members.put("constants.pkl", NO_CONSTANTS);
        members.put("version", "3\n".getBytes(UTF_8));
        return zip(members);
    }

    /** What Python's pickle makes of an object whose only field says that it is not training. */
    private static byte[] object(String className) {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.writeBytes(new byte[] {(byte) 0x80, 2});
        pickle.writeBytes(("c__torch__." + MODULE + "\n" + className + "\n").getBytes(UTF_8));
        pickle.writeBytes(new byte[] {')', (byte) 0x81, '}'});
        byte[] field = "training".getBytes(UTF_8);
        pickle.writeBytes(new byte[] {'X', (byte) field.length, 0, 0, 0});
        pickle.writeBytes(field);
        pickle.writeBytes(new byte[] {(byte) 0x89, 's', 'b', '.'});
        return pickle.toByteArray();
    }

    private static byte[] zip(Map<String, byte[]> members) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            // PyTorch reads members that are not compressed.
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                ZipEntry entry = new ZipEntry(MODULE + "/" + member.getKey());
                CRC32 checksum = new CRC32();
                checksum.update(member.getValue());
                entry.setSize(member.getValue().length);
                entry.setCrc(checksum.getValue());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(member.getValue());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return archive.toByteArray();
    }
}
