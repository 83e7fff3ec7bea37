package io.graft.lora.dialect;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The weights that an adapter was made for, as far as it is known, so that it is noticed where it goes to others. Files of safetensors keep
 * them in their metadata, which other tools pass over.
 *
 * @param digests by the path of the module that is adapted, as {@link AdapterUpdate#path} has it
 */
public record AdapterBase(Map<String, WeightDigest> digests) {
    /** That of a file which tells nothing. */
    public static final AdapterBase UNKNOWN = new AdapterBase(Map.of());

    private static final String KEY = "graft_base";

    public AdapterBase {
        digests = Collections.unmodifiableMap(new LinkedHashMap<>(digests));
    }

    /**
     * That of weights, of each of which some values are read.
     *
     * @param weights by the path of the module that is adapted; those that hold no floating-point numbers are passed over
     * @throws IOException if they cannot be read
     */
    public static AdapterBase of(Map<String, LazyTensor> weights) throws IOException {
        Map<String, WeightDigest> digests = new LinkedHashMap<>();
        for (Map.Entry<String, LazyTensor> weight : weights.entrySet()) {
            if (WeightDigest.isPossible(weight.getValue())) {
                digests.put(weight.getKey(), WeightDigest.of(weight.getValue()));
            }
        }
        return new AdapterBase(digests);
    }

    /** What a weight was; empty if nobody knows. Where names have lost their dots, the one that has is found. */
    public Optional<WeightDigest> of(String path) {
        return Optional.ofNullable(digests.get(path))
                .or(() -> digests.entrySet().stream()
                        .filter(entry -> entry.getKey().replace('.', '_').equals(path))
                        .map(Map.Entry::getValue)
                        .findFirst());
    }

    /**
     * What a file says.
     *
     * @param section of the adapter
     * @throws CheckpointException if that is malformed
     */
    static AdapterBase read(AdapterSource source, String section) {
        Map<String, String> metadata = source.metadata();
        String text = metadata.getOrDefault(key(section), metadata.get(KEY));
        if (text == null) {
            return UNKNOWN;
        }
        Map<String, WeightDigest> digests = new LinkedHashMap<>();
        AdapterSettings.parse(source.location(), text)
                .values()
                .forEach((path, digest) -> digests.put(
                        path,
                        WeightDigest.parse(String.valueOf(digest))
                                .orElseThrow(() -> source.refusal(
                                        Reason.MALFORMED,
                                        "says in its metadata, `" + KEY + "`, what `" + path
                                                + "` was, and that is no digest of a weight",
                                        AdapterSettings.AGAIN))));
        return new AdapterBase(digests);
    }

    /**
     * As metadata of a file.
     *
     * @param section of the adapter; empty if the file has one adapter
     */
    Map<String, String> metadata(String section) {
        Map<String, String> texts = new LinkedHashMap<>();
        digests.forEach((path, digest) -> texts.put(path, digest.toString()));
        return texts.isEmpty()
                ? Map.of()
                : Map.of(key(section), AdapterSettings.of(KEY, texts).json());
    }

    private static String key(String section) {
        return section.isEmpty() ? KEY : KEY + "." + section;
    }
}
