package io.graft.apply.features;

import io.graft.ModuleForward;
import io.graft.NamedTensor;
import io.graft.checkpoint.FileRegion;
import io.graft.checkpoint.Progress;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.publish.StagedOutput;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.tree.ModuleTree;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs a model on inputs, batch by batch, and writes what one of its modules gives: all of it, or nothing. Memory does not grow with the
 * number of rows. While it is written, the disk holds the features twice.
 */
public final class FeatureRun {
    private static final Pattern POSITION = Pattern.compile("\\d+");
    private static final String WORK = "running the model";

    private final FeatureRequest request;
    private final Batches batches;
    private final Progress progress;

    /**
     * @param progress is told how many bytes of the inputs the model was run on
     * @throws FeatureException if the inputs do not fit each other
     */
    public FeatureRun(FeatureRequest request, Progress progress) {
        this.request = request;
        this.progress = progress;
        this.batches = new Batches(request.inputs(), request.kept());
        request.kept().stream()
                .filter(kept -> POSITION.matcher(kept.name()).matches())
                .findFirst()
                .ifPresent(kept -> {
                    throw new FeatureException(
                            ProblemCode.NAME_COLLISION,
                            "`" + kept.name() + "` cannot be kept under that name, which is one of the features' own",
                            "rename it in the file of the inputs");
                });
    }

    /**
     * The module that is asked for.
     *
     * @param model what the model has
     * @return its canonical path
     * @throws FeatureException if there is none
     */
    public String module(ModuleTree model) {
        String path = request.module();
        return model.findModule(path).orElseThrow(() -> {
            List<String> near = model.nearest(path).stream()
                    .filter(name -> model.findModule(name).isPresent())
                    .toList();
            return model.findTensor(path).isPresent()
                    ? new FeatureException(
                            ProblemCode.UNMATCHED_SELECTOR,
                            "`" + path + "` is a tensor of the model, and no module",
                            "name the module that it is in")
                    : new FeatureException(
                            ProblemCode.UNMATCHED_SELECTOR,
                            "`" + path + "` is no module of the model",
                            Suggestions.didYouMean(near));
        });
    }

    /**
     * Runs the model and writes the file.
     *
     * @param module canonical path of the module that the model is run for
     * @throws FeatureException if what the module gives are no features
     * @throws io.graft.checkpoint.CheckpointException if what is to be kept cannot be written, or an input not be read
     * @throws IOException if the file cannot be written; {@link io.graft.checkpoint.publish.OutputException} if something is there
     */
    public FeatureReport carryOut(String module, ModuleForward model) throws IOException {
        Path target = request.output().toAbsolutePath().normalize();
        List<OutputTensor> kept = request.kept().stream()
                .map(tensor -> new OutputTensor(tensor.name(), tensor.dtype(), tensor.shape(), tensor::data))
                .toList();
        Destination destination = new Destination.SingleFile(target, request.overwrite(), inputs());
        try (StagedOutput staged =
                StagedOutput.in(destination, List.of(target.getFileName().toString()), true)) {
            SafetensorsWriter writer = new SafetensorsWriter(
                    staged.folder(),
                    "features",
                    SafetensorsWriter.UNLIMITED,
                    Map.of("graft.module", module),
                    WriteOptions.DEFAULT);
            // Before the model runs for hours.
            writer.names(kept);
            List<OutputTensor> tensors = new ArrayList<>();
            WrittenFile written;
            List<Column> columns = new ArrayList<>();
            try {
                run(module, model, staged.folder(), columns);
                columns.forEach(column -> tensors.add(column.whole()));
                tensors.addAll(kept);
                written = writer.write(tensors).get(0);
            } finally {
                progress.ended();
                for (Column column : columns) {
                    column.close();
                }
            }
            Path named = Files.move(written.path(), staged.folder().resolve(target.getFileName()));
            Replacement replacement = staged.publish();
            return new FeatureReport(
                    module,
                    batches.rows(),
                    tensors.stream()
                            .map(tensor -> new FeatureReport.Tensor(tensor.name(), tensor.dtype(), tensor.shape()))
                            .toList(),
                    written.at(staged.published(named)).as(WrittenFile.Kind.FEATURES),
                    !replacement.replaced().isEmpty());
        }
    }

    private void run(String module, ModuleForward model, Path folder, List<Column> columns) throws IOException {
        long bytes = request.inputs().stream()
                .mapToLong(input -> input.data().byteCount())
                .sum();
        for (long from = 0; from < batches.rows(); from += request.batchSize()) {
            long to = Math.min(batches.rows(), from + request.batchSize());
            List<NamedTensor> outputs = model.run(batches.rows(from, to));
            if (from == 0) {
                for (NamedTensor output : outputs) {
                    columns.add(new Column(module, output, folder));
                }
            }
            if (outputs.size() != columns.size()) {
                throw new FeatureException(
                        ProblemCode.MALFORMED_VALUE,
                        "`" + module + "` has " + columns.size() + " outputs in one batch and " + outputs.size()
                                + " in another",
                        "name another module");
            }
            for (int i = 0; i < outputs.size(); i++) {
                columns.get(i).add(outputs.get(i), to - from);
            }
            progress.reached(WORK, bytes / batches.rows() * to, OptionalLong.of(bytes));
        }
    }

    private InputFiles inputs() throws IOException {
        List<Path> files = new ArrayList<>();
        for (NamedTensor tensor : Stream.concat(request.inputs().stream(), request.kept().stream())
                .toList()) {
            FileRegion.of(tensor.data())
                    .ifPresent(region -> files.add(region.file().path()));
        }
        return InputFiles.of(files);
    }
}
