package io.graft.djl;

import io.graft.NamedTensor;
import io.graft.checkpoint.Checkpoint;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of the fixtures that PyTorch wrote. */
public final class Fixtures {
    private Fixtures() {}

    public static Map<String, NamedTensor> read(String name) {
        Map<String, NamedTensor> tensors = new LinkedHashMap<>();
        Checkpoint.open(path(name)).tensors().forEach((key, entry) -> tensors.put(key, NamedTensor.of(entry)));
        return tensors;
    }

    public static List<NamedTensor> list(String name) {
        return List.copyOf(read(name).values());
    }

    public static Path path(String name) {
        try {
            return Path.of(Fixtures.class.getResource("/fixtures/" + name).toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
