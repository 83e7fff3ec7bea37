package io.graft.modifiers.lora.reading;

import io.graft.ModifierContext;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FileSource;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.BaseModel;
import io.graft.model.ModelDraft;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter that a modifier reads, by whatever dialect recognises it.
 *
 * @param source its file of tensors
 * @param adapter what it says of the model
 */
public record AdapterReading(AdapterSource source, Adapter adapter) {
    /**
     * Reads it; what is wrong with single tensors is told.
     *
     * @param ref a folder or file of this machine, or a file elsewhere; its section is the model of a pipeline
     * @param dialects that it may be of
     * @throws CheckpointException if it cannot be read
     */
    public static AdapterReading of(
            CheckpointRef ref, AdapterDialects dialects, ModelDraft model, ModifierContext context, Findings findings) {
        CheckpointRef file = ref.isFile()
                ? CheckpointRef.of(dialects.fileIn(FileSource.path(ref)))
                        .under(ref.conditions())
                        .using(ref.section())
                : ref;
        AdapterSource source = AdapterSource.of(file, context, known(model), findings::error);
        List<Adapter> adapters = dialects.read(dialects.of(source), source);
        if (adapters.size() != 1) {
            List<String> sections = adapters.stream().map(Adapter::section).toList();
            throw source.refusal(
                    Reason.UNSUPPORTED,
                    adapters.isEmpty() ? "holds no update" : "holds adapters for " + Quoting.names(sections),
                    adapters.isEmpty()
                            ? "name an adapter of LoRA"
                            : "say which one is for this model: adapter-path { path = ..., section = " + sections.get(0)
                                    + " }");
        }
        return new AdapterReading(source, adapters.get(0));
    }

    /**
     * The dialects that an adapter may be of; empty if there is none of the name, which is told.
     *
     * @param named the only one, if an option names it
     */
    public static Optional<AdapterDialects> dialects(Optional<String> named, Findings findings) {
        AdapterDialects all = AdapterDialects.discover();
        try {
            return Optional.of(named.map(all::only).orElse(all));
        } catch (IllegalArgumentException unknown) {
            findings.error(ProblemCode.UNKNOWN_ENUM, "dialect", unknown.getMessage(), "");
            return Optional.empty();
        }
    }

    private static BaseModel known(ModelDraft model) {
        Map<String, Shape> tensors = new LinkedHashMap<>();
        model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor.shape()));
        return new BaseModel(tensors, Map.of());
    }
}
