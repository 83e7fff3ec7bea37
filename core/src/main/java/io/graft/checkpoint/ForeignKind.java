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
    CONFIGURATION(
            Reason.UNRECOGNISED,
            "a configuration of Graft, not a checkpoint",
            "give it with -c, as in `graft plan -c FILE`, or give a checkpoint that it names"),
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
    TENSORFLOW_LITE(
            Reason.UNSUPPORTED,
            "a TensorFlow Lite model",
            "give the checkpoint that it was converted from; its weights have no names that tell where they belong"),
    SAVED_MODEL(
            Reason.UNSUPPORTED,
            "the graph of a TensorFlow SavedModel, which holds no weights",
            "save the model's variables with safetensors.tensorflow.save_file in Python"),
    TENSORFLOW_INDEX(
            Reason.UNSUPPORTED,
            "the index of a TensorFlow checkpoint",
            "read it with tf.train.load_checkpoint in Python and save it with safetensors.numpy.save_file"),
    FLAX(
            Reason.UNSUPPORTED,
            "a msgpack file, as Flax writes its parameters",
            "read it with flax.serialization.msgpack_restore in Python and save it with safetensors.flax.save_file"),
    TORCH_TAR(
            Reason.UNSUPPORTED,
            "a PyTorch checkpoint of version 0.1, a tar archive",
            "load it with torch.load in Python and save it again"),
    NEMO(
            Reason.UNSUPPORTED,
            "a NeMo model, a tar archive",
            "unpack it and give model_weights.ckpt, or the folder model_weights"),
    ZIP(Reason.UNRECOGNISED, "a zip archive without data.pkl", "unpack it and give the checkpoint inside"),
    COMPRESSED(Reason.UNRECOGNISED, "a compressed archive", "unpack it and give the checkpoint inside"),
    UNKNOWN(Reason.UNRECOGNISED, "", "");

    private static final int TAIL = 1 << 16;
    private static final String LEGACY_MAGIC = "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019";

    /** A version, then the name of who made it, of up to 64 letters and digits. */
    /** Comments, and then the key that everything of Graft's stands under. */
    private static final Pattern CONFIGURATION_START =
            Pattern.compile("(?:(?:#|//)[^\\n]*\\n\\s*){0,50}(?:graft|\\{\\s*\"graft\")\\s*[{.:=]");

    private static final Pattern ONNX_START =
            Pattern.compile("\\x08[\\x03-\\x1f]\\x12[\\x01-@][\\w.+ -]{3}", Pattern.DOTALL);

    /** A map of one to fifteen entries, or of more, whose first key is a short name. */
    private static final Pattern FLAX_START =
            Pattern.compile("([\\x81-\\x8f]|\\xde..|\\xdf....)[\\xa1-\\xbf][\\w.]+", Pattern.DOTALL);

    /** How LevelDB's tables end, which TensorFlow keeps its index in. */
    private static final String TABLE_MAGIC = "W\u00fb\u0080\u008b$uG\u00db";

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
        if (start.startsWith("TFL3", 4)) {
            return TENSORFLOW_LITE;
        }
        if (start.startsWith("ustar", 257)) {
            return ofTar(start);
        }
        if (start.startsWith("\u001f\u008b")
                || start.startsWith("7z\u00bc\u00af")
                || start.startsWith("(\u00b5/\u00fd")) {
            return COMPRESSED;
        }
        if (ONNX_START.matcher(start).lookingAt()) {
            return ONNX;
        }
        if (start.startsWith("\b\u0001\u0012")) {
            return SAVED_MODEL;
        }
        if (FLAX_START.matcher(start).lookingAt()) {
            return FLAX;
        }
        return tail(file).endsWith(TABLE_MAGIC) ? TENSORFLOW_INDEX : ofText(start);
    }

    private static ForeignKind ofTar(String start) {
        String first = start.substring(0, Math.max(0, start.indexOf('\0'))).replaceFirst("^\\./", "");
        return switch (first) {
            case "sys_info", "pickle", "storages", "tensors" -> TORCH_TAR;
            case "model_config.yaml", "model_weights.ckpt", "model_weights/" -> NEMO;
            default -> COMPRESSED;
        };
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
        if (CONFIGURATION_START.matcher(text).lookingAt()) {
            return CONFIGURATION;
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
