package io.graft.checkpoint.carry;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which texts of a file's metadata are true of another file with changed tensors. Digests are not, the dtype is not where it is
 * another one, and names that were left out because they stand for another tensor are told only as long as they are.
 */
public final class CarriedMetadata {
    private static final Pattern DIGEST = Pattern.compile("(?i).*(hash|sha_?\\d+|md5|checksum|digest).*");
    private static final Pattern DTYPE = Pattern.compile("(?i)(.*\\.)?(torch_)?dtype");

    private CarriedMetadata() {}

    /**
     * The texts that stay.
     *
     * @param metadata of the file as it was
     * @param before names of the tensors that it had
     * @param after names of the tensors that are written
     * @param cast whether values have another dtype
     */
    public static Map<String, String> of(
            Map<String, String> metadata, Collection<String> before, Collection<String> after, boolean cast) {
        Map<String, String> kept = new TreeMap<>(metadata);
        kept.keySet()
                .removeIf(key -> DIGEST.matcher(key).matches()
                        || (cast && DTYPE.matcher(key).matches()));
        // safetensors' own save_model tells what it left out as {"lm_head.weight": "embed_tokens.weight"}
        kept.entrySet()
                .removeIf(entry -> before.contains(entry.getValue())
                        && (after.contains(entry.getKey()) || !after.contains(entry.getValue())));
        return kept;
    }
}
