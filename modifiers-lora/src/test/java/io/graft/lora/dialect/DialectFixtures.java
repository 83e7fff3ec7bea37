package io.graft.lora.dialect;

import io.graft.checkpoint.Checkpoint;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Adapters as several tools write them, and what is in their files. */
final class DialectFixtures {
    private DialectFixtures() {}

    /** A file or folder of the tests' resources. */
    static Path file(String name) {
        try {
            return Path.of(DialectFixtures.class.getResource("make_dialects.py").toURI())
                    .resolveSibling(name);
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException(name, malformed);
        }
    }

    /** Converts without a model or section. */
    static ConvertedAdapter convert(Path from, String to, Path folder) throws IOException {
        return convert(from, to, folder, null, null);
    }

    /** Converts; null for what is not given. */
    static ConvertedAdapter convert(Path from, String to, Path folder, Path base, String section) throws IOException {
        AdapterDialects dialects = AdapterDialects.discover();
        return new AdapterConverter(
                        dialects, dialects.named(to), Optional.ofNullable(base), Optional.ofNullable(section))
                .convert(from, folder);
    }

    /** Every tensor of a file: dtype, shape and bytes, as text. */
    static Map<String, String> tensors(Path file) {
        Map<String, String> tensors = new TreeMap<>();
        Checkpoint.open(file).tensors().forEach((name, tensor) -> {
            try {
                TensorData data = tensor.data();
                StringBuilder bytes = new StringBuilder();
                var window = data.window(0, (int) data.byteCount());
                while (window.hasRemaining()) {
                    bytes.append(String.format("%02x", window.get()));
                }
                tensors.put(name, tensor.dtype() + " " + tensor.shape() + " " + bytes);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        });
        return tensors;
    }
}
