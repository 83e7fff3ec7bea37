package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a file that no format takes seems to be, and what a person can do about it. */
enum ForeignKind {
    HTML(
            Reason.UNRECOGNISED,
            "an HTML page, probably a login or error page in place of the download",
            "download the checkpoint again and check that you may read it"),
    XML(
            Reason.UNRECOGNISED,
            "an XML document, probably the error of a file store in place of the download",
            "download the checkpoint again and check that you may read it"),
    LFS_POINTER(
            Reason.UNRECOGNISED,
            "a Git LFS pointer, which stands for the checkpoint but does not hold it",
            "fetch the content with: git lfs pull"),
    JSON(Reason.UNRECOGNISED, "a JSON document", "give the checkpoint or its shard index (*.index.json)"),
    HDF5(
            Reason.UNSUPPORTED,
            "an HDF5 file, as Keras writes",
            "save the tensors with safetensors.numpy.save_file in Python"),
    TORCH_ZIP(
            Reason.UNSUPPORTED,
            "a PyTorch checkpoint (zip with data.pkl), for which no format is on the class path",
            "save the state dict with safetensors.torch.save_file in Python"),
    TORCH_LEGACY(
            Reason.UNSUPPORTED,
            "a PyTorch checkpoint in the container used before PyTorch 1.6",
            "load it with weights_only=True in Python and save it again"),
    PICKLE(
            Reason.REFUSED,
            "a bare Python pickle, a program that Graft never runs",
            "save the state dict with safetensors.torch.save_file in Python, if you trust the file"),
    ONNX(
            Reason.UNSUPPORTED,
            "an ONNX model, for which no format is on the class path",
            "add graft-format-onnx to the class path or to the extensions"),
    ZIP(Reason.UNRECOGNISED, "a zip archive without data.pkl", "unpack it and give the checkpoint inside"),
    COMPRESSED(Reason.UNRECOGNISED, "a compressed archive", "unpack it and give the checkpoint inside"),
    UNKNOWN(Reason.UNRECOGNISED, "", "");

    private static final int TAIL = 1 << 16;
    private static final String LEGACY_MAGIC = "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019";

    /** A version, then the name of who made it, of up to 64 letters and digits. */
    private static final Pattern ONNX_START =
            Pattern.compile("\\x08[\\x03-\\x1f]\\x12[\\x01-@][\\w.+ -]{3}", Pattern.DOTALL);

    private final Reason reason;
    private final String description;
    private final String help;

    ForeignKind(Reason reason, String description, String help) {
        this.reason = reason;
        this.description = description;
        this.help = help;
    }

    /** Guesses from the first bytes, and for a zip from the names at its end. */
    static ForeignKind of(Path file, ByteBuffer head) throws IOException {
        String start = latin1(head);
        if (start.startsWith("PK")) {
            return ofZip(tail(file) + start);
        }
        if (start.startsWith("\u0089HDF\r\n\u001a\n")) {
            return HDF5;
        }
        if (start.startsWith(LEGACY_MAGIC)) {
            return TORCH_LEGACY;
        }
        if (start.length() > 1 && start.charAt(0) == 0x80 && start.charAt(1) <= 5) {
            return PICKLE;
        }
        if (start.startsWith("\u001f\u008b")
                || start.startsWith("7z\u00bc\u00af")
                || start.startsWith("(\u00b5/\u00fd")
                || start.startsWith("ustar", 257)) {
            return COMPRESSED;
        }
        return ONNX_START.matcher(start).lookingAt() ? ONNX : ofText(start);
    }

    /** The refusal of the file. */
    CheckpointException refusal(Path file, ByteBuffer head, CheckpointFormats formats) {
        String seems =
                this == UNKNOWN ? "not a checkpoint that Graft knows" + beginning(head) : "this is " + description;
        String known = formats.formats().stream().map(CheckpointFormat::id).collect(Collectors.joining(", "));
        String advice = this == UNKNOWN ? "give a file of one of the formats: " + known : help;
        String failures = formats.broken().isEmpty() ? "" : " (" + String.join("; ", formats.broken()) + ")";
        return new CheckpointException(reason, file, seems, advice + failures);
    }

    private static ForeignKind ofZip(String names) {
        return names.contains("/data.pkl") ? TORCH_ZIP : ZIP;
    }

    private static ForeignKind ofText(String start) {
        String text = (start.startsWith("\u00ef\u00bb\u00bf") ? start.substring(3) : start)
                .stripLeading()
                .toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
            return HTML;
        }
        if (text.startsWith("<?xml")) {
            return text.contains("<html") ? HTML : XML;
        }
        if (text.startsWith("version https://git-lfs")) {
            return LFS_POINTER;
        }
        return text.startsWith("{") ? JSON : UNKNOWN;
    }

    private static String beginning(ByteBuffer head) {
        byte[] first = new byte[Math.min(8, head.remaining())];
        head.get(head.position(), first);
        return ": it begins with the bytes " + HexFormat.ofDelimiter(" ").formatHex(first);
    }

    private static String tail(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Math.max(0, channel.size() - TAIL);
            ByteBuffer tail = ByteBuffer.allocate(TAIL);
            while (tail.hasRemaining() && channel.read(tail, from + tail.position()) >= 0) {
                // a read may give less than was asked for
            }
            return latin1(tail.flip());
        }
    }

    private static String latin1(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }
}
