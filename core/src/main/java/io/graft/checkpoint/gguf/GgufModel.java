package io.graft.checkpoint.gguf;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.Section;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.problem.Counts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file, with the other parts of its model if it is the first of several.
 *
 * @param files in the order of their numbers; the first has what is said of the model
 */
record GgufModel(List<GgufFile> files) {
    private static final String BESIDE = "put all parts into one folder, under the names that they had";

    /**
     * Reads the headers.
     *
     * @throws CheckpointException if a file is malformed or refused, or a part is missing
     */
    static GgufModel read(Path path) throws IOException {
        GgufFile first = new GgufReader(CheckpointFile.of(path)).read();
        List<GgufFile> files = new ArrayList<>(List.of(first));
        for (String name : others(path, first.metadata())) {
            files.add(part(path.resolveSibling(name), files.size(), first, path));
        }
        GgufModel model = new GgufModel(List.copyOf(files));
        model.requireTensors();
        return model;
    }

    /** The names of the files beside one that hold tensors of its model, too. */
    static List<String> others(Path path, Map<String, String> metadata) {
        Optional<GgufSplit> split = GgufSplit.of(metadata).filter(part -> part.number() == 0);
        if (split.isEmpty()) {
            return List.of();
        }
        return split.get()
                .names(path)
                .orElseThrow(() -> new CheckpointException(
                        Reason.UNSUPPORTED,
                        path,
                        split.get() + " of a model, whose name does not end in `"
                                + split.get().ending() + "`, so that the others cannot be found",
                        BESIDE))
                .skip(1)
                .toList();
    }

    private static GgufFile part(Path path, int number, GgufFile first, Path model) throws IOException {
        GgufSplit expected = new GgufSplit(
                number, GgufSplit.of(first.metadata()).orElseThrow().count());
        if (!Files.exists(path)) {
            throw new CheckpointException(
                    Reason.NOT_FOUND, model, expected + ", `" + path.getFileName() + "`, is missing", BESIDE);
        }
        GgufFile file = new GgufReader(CheckpointFile.of(path)).read();
        Optional<GgufSplit> told = GgufSplit.of(file.metadata());
        if (!told.equals(Optional.of(expected))) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    path,
                    "says that it is " + told.map(GgufSplit::toString).orElse("a whole model") + ", not " + expected,
                    BESIDE);
        }
        return file;
    }

    private void requireTensors() {
        GgufFile first = files.get(0);
        Map<String, String> holders = new LinkedHashMap<>();
        for (GgufFile file : files) {
            Path path = file.file().path();
            for (String name : file.tensors().keySet()) {
                String other = holders.put(name, path.getFileName().toString());
                if (other != null) {
                    throw new CheckpointException(
                            Reason.MALFORMED,
                            path,
                            "tensor " + Refusals.quote(name) + " lies in two parts, in " + other + " as well",
                            BESIDE);
                }
            }
        }
        if (holders.isEmpty()) {
            throw GgufReader.refusals(first.file()).malformed("the file holds 0 tensors");
        }
        String counted = first.metadata().get("split.tensors.count");
        if (files.size() > 1 && counted != null && !counted.equals(String.valueOf(holders.size()))) {
            throw GgufReader.refusals(first.file())
                    .malformed("its " + files.size() + " parts hold " + Counts.of(holders.size(), "tensor")
                            + ", and split.tensors.count is " + Refusals.quote(counted));
        }
    }

    /** All tensors as they lie in the files, in the order of these. */
    Map<String, TensorEntry> tensors() {
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        files.forEach(file -> tensors.putAll(file.tensors()));
        return Collections.unmodifiableMap(tensors);
    }

    /** Whether it is all of a model, not one of its parts. */
    boolean isWhole() {
        return files.size() > 1 || GgufSplit.of(files.get(0).metadata()).isEmpty();
    }

    /** As it is opened. */
    Checkpoint checkpoint(String format) {
        GgufFile first = files.get(0);
        Path path = first.file().path();
        List<TensorSet> quantized =
                files.stream().flatMap(file -> file.quantized().stream()).toList();
        return new Checkpoint(
                path,
                format,
                "state_dict",
                Section.of(Section.MODEL, tensors(), new Grouping(quantized), path),
                List.of(),
                first.metadata(),
                isWhole()
                        ? List.of()
                        : List.of(GgufSplit.of(first.metadata()).orElseThrow()
                                + " of a model, whose first part opens all of them"));
    }
}
