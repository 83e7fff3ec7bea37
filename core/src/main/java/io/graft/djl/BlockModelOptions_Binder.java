package io.graft.djl;

import io.graft.config.AnyDecoder;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.ConfigWriter;
import io.graft.config.Constraints;
import io.graft.config.Decoders;
import io.graft.config.Encoders;
import io.graft.config.OptionsBinder;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link BlockModelOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class BlockModelOptions_Binder implements OptionsBinder<BlockModelOptions> {
    public BlockModelOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("block-factory", "arguments", "input-shapes");
    }

    @Override
    public Bound<BlockModelOptions> bind(ConfigCursor cursor) {
        var object = cursor.object();
        var blockFactory = object
                .key("block-factory", Decoders.string())
                .check(Constraints.notBlank())
                .required();
        var arguments = object
                .key("arguments", new AnyDecoder().inMap())
                .orEmpty();
        var inputShapes = object
                .key("input-shapes", new InputShapeDecoder().inList())
                .orEmpty();
        return object.finish(() -> new BlockModelOptions(
                blockFactory.get(),
                arguments.get(),
                inputShapes.get()));
    }

    @Override
    public void write(BlockModelOptions options, ConfigWriter writer) {
        writer.put("block-factory", Encoders.text(), options.blockFactory());
        writer.put("arguments", Encoders.of(new AnyDecoder()).forEntries(), options.arguments());
        writer.put("input-shapes", Encoders.of(new InputShapeDecoder()).forElements(), options.inputShapes());
    }
}
