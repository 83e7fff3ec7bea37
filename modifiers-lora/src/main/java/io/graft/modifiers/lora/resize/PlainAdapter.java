package io.graft.modifiers.lora.resize;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterBase;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterFolder;
import io.graft.lora.dialect.AdapterTarget;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter that was computed and not trained: updates of scale 1, and tensors that it has whole.
 *
 * @param updates in the order of the file
 * @param isTransposed whether the weights of linear layers are stored as {@code [in, out]}
 * @param whole what takes the place of the model's own
 * @param more further keys of the configuration
 * @param base the weights that it is for
 */
public record PlainAdapter(
        List<AdapterUpdate> updates,
        boolean isTransposed,
        List<AdapterTensor> whole,
        Map<String, Object> more,
        AdapterBase base) {
    public PlainAdapter {
        updates = List.copyOf(updates);
        whole = List.copyOf(whole);
        more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
    }

    /**
     * Writes it as PEFT has it: all of it, or nothing.
     *
     * @param origin what it was made of, for messages
     * @param folder which must not exist
     * @param inputs what it is made of, none of which is replaced
     * @return the files
     * @throws CheckpointException if a tensor cannot be computed
     * @throws IOException if files cannot be read or written; nothing is written then
     */
    public List<WrittenFile> write(Path origin, Path folder, Collection<Path> inputs) throws IOException {
        Map<String, Double> alphas = new LinkedHashMap<>();
        updates.forEach(update -> alphas.put(update.path(), (double) update.rank()));
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("bias", "none");
        settings.put("fan_in_fan_out", isTransposed);
        settings.put("inference_mode", true);
        settings.put("lora_dropout", 0.0);
        settings.put("task_type", null);
        settings.putAll(more);
        Adapter factors = Adapter.of("", origin.toString(), updates, alphas, settings);
        List<AdapterTensor> tensors = new ArrayList<>(factors.tensors());
        tensors.addAll(whole);
        AdapterDialects dialects = AdapterDialects.discover(PlainAdapter.class.getClassLoader());
        AdapterTarget peft = new AdapterTarget(Optional.empty(), Optional.empty());
        return AdapterFolder.write(
                AdapterDialects.write(
                        dialects.named("peft"),
                        List.of(factors.with(tensors, factors.settings()).on(base)),
                        peft),
                folder,
                InputFiles.of(inputs));
    }
}
