package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.publish.StagedOutput;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FileSource;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.RankedConfig;
import io.graft.modifiers.lora.resize.ResizedUpdate;
import io.graft.modifiers.lora.resize.SingularValues;
import io.graft.modifiers.lora.resize.TargetRank;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives the updates of an adapter that PEFT saved a lower rank, each as near to what it was as that rank allows, with its scale. The
 * factors are read and computed one pair after the other.
 */
public final class AdapterResizer {
    private static final String STEM = "adapter_model";

    private final TargetRank target;

    public AdapterResizer(TargetRank target) {
        this.target = target;
    }

    /**
     * Writes the adapter anew: all of it, or nothing.
     *
     * @param adapter the folder that PEFT's {@code save_pretrained} wrote, or its file of tensors
     * @param folder where the new one goes; it must not exist
     * @throws CheckpointException if the adapter cannot be read, or has an update whose rank cannot be changed
     * @throws IOException if files cannot be read or written; nothing is written then
     */
    public ResizedAdapter resize(Path adapter, Path folder) throws IOException {
        Path tensors = FileSource.path(AdapterFiles.tensorsOf(CheckpointRef.of(adapter)));
        Path config = tensors.resolveSibling(AdapterFiles.CONFIG);
        try (StagedOutput staged = StagedOutput.in(
                new Destination.ModelFolder(
                        folder.toAbsolutePath().normalize(), false, InputFiles.of(List.of(tensors, config))),
                List.of(STEM + ".safetensors", AdapterFiles.CONFIG),
                true)) {
            ResizedAdapter resized = write(tensors, config, staged);
            staged.publish();
            return resized;
        }
    }

    private ResizedAdapter write(Path tensors, Path config, StagedOutput staged) throws IOException {
        AdapterConfig declared = AdapterConfig.read(config);
        Checkpoint checkpoint = Checkpoint.open(tensors);
        List<FactorPair> pairs = pairs(tensors, checkpoint, declared);
        Map<FactorPair, ResizedUpdate> updates = ranks(pairs);
        if (updates.values().stream().allMatch(update -> update.from() == update.to())) {
            throw new CheckpointException(
                    Reason.UNSUPPORTED,
                    tensors,
                    "no update has more than the rank that is asked for",
                    "ask for a lower rank, or for less of the energy");
        }
        Map<String, FactorPair> factors = new HashMap<>();
        updates.keySet().forEach(pair -> {
            factors.put(pair.update().a().name(), pair);
            factors.put(pair.update().b().name(), pair);
        });
        List<OutputTensor> outputs = new ArrayList<>();
        for (TensorEntry entry : checkpoint.tensors().values()) {
            FactorPair pair = factors.get(entry.name());
            outputs.add(
                    pair == null
                            ? new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data)
                            : pair.output(entry, updates.get(pair).to()));
        }
        byte[] json =
                RankedConfig.of(config, declared, List.copyOf(updates.values())).getBytes(StandardCharsets.UTF_8);
        List<WrittenFile> written = new ArrayList<>();
        try {
            written.addAll(
                    new SafetensorsWriter(staged.folder(), STEM, SafetensorsWriter.UNLIMITED, Map.of()).write(outputs));
            written.addAll(new ParallelWriter(staged.folder(), WriteOptions.DEFAULT)
                    .write(List.of(PlannedFile.of(AdapterFiles.CONFIG, json))));
        } catch (CheckpointException refused) {
            throw staged.published(refused);
        }
        return new ResizedAdapter(
                List.copyOf(updates.values()),
                written.stream()
                        .map(file -> new WrittenFile(
                                WrittenFile.Kind.ADAPTER, staged.published(file.path()), file.bytes(), file.sha256()))
                        .toList());
    }

    private static List<FactorPair> pairs(Path tensors, Checkpoint checkpoint, AdapterConfig config) {
        CollectedProblems problems = new CollectedProblems();
        List<LowRank> updates = AdapterTensors.of(
                        new SourceCheckpoint(tensors.toString(), checkpoint), new Findings(problems, true))
                .map(AdapterTensors::updates)
                .orElse(List.of());
        problems.refuse(tensors);
        if (updates.isEmpty()) {
            throw new CheckpointException(
                    Reason.UNSUPPORTED, tensors, "holds no low-rank update", "name an adapter of LoRA");
        }
        for (LowRank update : updates) {
            if (!config.parameters().of(update.module()).isEmpty()) {
                throw new CheckpointException(
                        Reason.UNSUPPORTED,
                        tensors,
                        "`" + update.module()
                                + "` is an update of parameters, as of experts, and its rank cannot be changed",
                        "merge the adapter with lora-merge, or use it as it is");
            }
        }
        return updates.stream().map(update -> new FactorPair(update, tensors)).toList();
    }

    /** PEFT has one rank for all updates of a module that its lists name: the highest that one of them needs. */
    private Map<FactorPair, ResizedUpdate> ranks(List<FactorPair> pairs) throws IOException {
        Map<FactorPair, SingularValues> found = new LinkedHashMap<>();
        Map<String, Integer> highest = new LinkedHashMap<>();
        for (FactorPair pair : pairs) {
            SingularValues values = pair.singularValues();
            found.put(pair, values);
            highest.merge(pair.update().target(), target.of(pair.rank(), values), Math::max);
        }
        Map<FactorPair, ResizedUpdate> updates = new LinkedHashMap<>();
        found.forEach((pair, values) -> {
            int rank = Math.min(highest.get(pair.update().target()), pair.rank());
            updates.put(pair, pair.resized(rank, values));
        });
        return updates;
    }
}
