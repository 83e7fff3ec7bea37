package io.graft.apply.output;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link GgufStateDictOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class GgufStateDictOptions_Binder implements OptionsBinder<GgufStateDictOptions> {
    public GgufStateDictOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("architecture");
    }

    @Override
    public Bound<GgufStateDictOptions> bind(ConfigCursor cursor) {
        var object = cursor.object();
        var architecture = object
                .key("architecture", Decoders.string())
                .check(Constraints.matches("[a-z0-9][a-z0-9_-]*"))
                .orDefault("tensors");
        return object.finish(() -> new GgufStateDictOptions(
                architecture.get()));
    }

    @Override
    public void write(GgufStateDictOptions options, ConfigWriter writer) {
        writer.put("architecture", Encoders.text(), options.architecture());
    }
}
