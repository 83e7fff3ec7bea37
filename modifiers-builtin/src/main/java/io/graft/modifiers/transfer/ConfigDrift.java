package io.graft.modifiers.transfer;

import io.graft.config.Decode;
import io.graft.config.Default;
import io.graft.config.decoding.AnyDecoder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the checkpoint's own configuration is held against.
 *
 * @param expected the configuration of the model; values that the checkpoint tells, too, must be the same
 * @param at where the checkpoint has its own: the key of its metadata, such as {@code hyper_parameters.config}, or nothing for all of
 *     them; what they do not tell, {@code config.json} may
 * @param onDrift what other values are: an error, a warning, or nothing to speak of
 */
public record ConfigDrift(
        @Decode(AnyDecoder.class) Map<String, Object> expected,
        @Default("") String at,
        @Default("error") OnDrift onDrift) {
    /** What another value is. */
    public enum OnDrift {
        ERROR,
        WARN,
        IGNORE
    }

    /**
     * @throws IllegalArgumentException if nothing is expected
     */
    public ConfigDrift {
        if (expected.isEmpty()) {
            throw new IllegalArgumentException("`expected` is empty: nothing is compared");
        }
        expected = Collections.unmodifiableMap(new LinkedHashMap<>(expected));
    }
}
