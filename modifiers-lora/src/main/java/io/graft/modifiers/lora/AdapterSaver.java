package io.graft.modifiers.lora;

import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterFolder;
import io.graft.model.parametrization.Adapter;
import io.graft.modifiers.lora.use.AdapterFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes an adapter of a live model as it is now, after a training.
 *
 * <pre>{@code
 * ModifiedModel modified = ModelModifierApplier.create().model(model).configuration(Path.of("lora.conf")).run();
 * // ... train modified.block() ...
 * AdapterSaver.peft().save(modified.adapters().get(0), Path.of("adapter"));
 * }</pre>
 */
public final class AdapterSaver {
    private final AdapterDialect dialect;

    /** @param dialect what the files are like */
    public AdapterSaver(AdapterDialect dialect) {
        this.dialect = dialect;
    }

    /** One that writes {@code adapter_config.json} and {@code adapter_model.safetensors}, which PEFT loads. */
    public static AdapterSaver peft() {
        return new AdapterSaver(
                AdapterDialects.discover(AdapterSaver.class.getClassLoader()).named("peft"));
    }

    /**
     * Writes the adapter: all of it, or nothing.
     *
     * @param adapter one of those that {@link io.graft.djl.ModifiedModel#adapters} gives
     * @param folder where it goes; it must not exist
     * @return the files
     * @throws IllegalArgumentException if the adapter is none of LoRA, or if the dialect cannot say it
     * @throws IOException if files cannot be written, or the folder exists; nothing is written then
     */
    public List<WrittenFile> save(Adapter adapter, Path folder) throws IOException {
        return AdapterFolder.write(AdapterFiles.of(adapter, dialect), folder, InputFiles.NONE);
    }
}
