package io.graft.djl;

import io.graft.config.decoding.AnyDecoder;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.RecordBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link BlockModelOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class BlockModelOptions_Binder implements RecordBinder<BlockModelOptions> {
    public BlockModelOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("block-factory", "arguments", "input-shapes");
    }

    @Override
    public Key<BlockModelOptions> declare(ObjectBinding object) {
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
        return object.value(() -> new BlockModelOptions(
                blockFactory.get(),
                arguments.get(),
                inputShapes.get()));
    }

    @Override
    public void write(BlockModelOptions options, ConfigWriter writer) {
        writer.put("block-factory", Encoders.text(), options.blockFactory());
        writer.put("arguments", new AnyDecoder().encoder().forEntries(), options.arguments());
        writer.put("input-shapes", new InputShapeDecoder().encoder().forElements(), options.inputShapes());
    }
}
