package io.graft.djl.program;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.djl.array.WeightWriter;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.modified.ParametrizationStack;
import io.graft.djl.tree.LiveParametrizations;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A program in memory, with its tensors as they are there.
 *
 * @param block that runs it
 * @param archive that it was loaded from
 * @param copy what DJL does not show of it
 * @param file the archive, if it is there for this alone
 */
record OpenProgram(
        Block block, ScriptArchive archive, ModuleCopy copy, OpenParameters parameters, Optional<EditedFile> file)
        implements AutoCloseable {
    /**
     * @param uri what the archive is called in messages
     * @throws IllegalArgumentException if the program is another one than the archive's
     */
    static OpenProgram of(Block block, ScriptArchive archive, String uri) {
        return of(block, archive, new ModuleCopy(ModifiedBlock.unwrapped(block)), uri);
    }

    /** The program that was saved to a copy. */
    static OpenProgram of(Block block, ScriptArchive archive, ModuleCopy copy, String uri) {
        return new OpenProgram(block, archive, copy, parameters(block, archive, uri), Optional.empty());
    }

    /** The program of a file that is removed with it. */
    static OpenProgram of(Block block, EditedFile file, String uri) throws IOException {
        ScriptArchive archive = ScriptArchive.read(Checkpoint.open(file.path()));
        return new OpenProgram(
                block, archive, new ModuleCopy(block), parameters(block, archive, uri), Optional.of(file));
    }

    private static OpenParameters parameters(Block block, ScriptArchive archive, String uri) {
        return OpenParameters.of(ModifiedBlock.unwrapped(block), archive.checkpoint(), uri);
    }

    /** The same program, which another block runs. */
    OpenProgram in(Block now, String uri) {
        return new OpenProgram(
                now, archive, new ModuleCopy(ModifiedBlock.unwrapped(now)), parameters(now, archive, uri), file);
    }

    ModelDraft draft() {
        ModelDraft coded = coded();
        if (!(block instanceof ModifiedBlock modified)) {
            return coded;
        }
        Map<String, DraftTensor> tensors = new LinkedHashMap<>();
        coded.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        LiveParametrizations.of(modified).addTo(tensors);
        return new ModelDraft(archive.modules(), tensors.values());
    }

    /** The program as its code computes it, without what is computed before it runs. */
    ModelDraft coded() {
        return archive.draft(this::tensor);
    }

    /** The names of weights that are computed before it runs. */
    Set<String> recomputed() {
        return block instanceof ModifiedBlock modified
                ? modified.stacks().values().stream()
                        .map(ParametrizationStack::name)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    /** The parameters by their names, but for those that hold weights of adapters. */
    Map<String, Parameter> trained() {
        Map<String, Parameter> found = new LinkedHashMap<>();
        for (DraftTensor tensor : draft().tensors()) {
            parameters.find(tensor.name()).ifPresent(parameter -> found.put(tensor.name(), parameter));
        }
        if (block instanceof ModifiedBlock modified) {
            modified.getDirectParameters().stream()
                    .filter(pair -> modified.owned().containsKey(pair.getKey()))
                    .forEach(pair -> found.put(pair.getKey(), pair.getValue()));
        }
        return Collections.unmodifiableMap(found);
    }

    /** What runs where it multiplies with quantized weights, in words, by the names of the weights. */
    Map<String, String> kernels() {
        try {
            return ScriptKernels.of(archive, draft().tensors());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private DraftTensor tensor(TensorEntry entry) {
        Optional<Parameter> parameter = parameters.find(entry.name());
        return DraftTensor.initial(
                entry.name(),
                Set.of(),
                parameter.isEmpty() ? TensorKind.BUFFER : TensorKind.PARAMETER,
                parameter.filter(Parameter::requiresGradient).isPresent(),
                parameters.live(entry).orElseGet(() -> new CopiedTensor(entry, copy)));
    }

    /**
     * Makes adapters active, each with its weight, and every other one inactive.
     *
     * @throws IllegalArgumentException if there is no adapter of a name, or if a weight is no finite number
     */
    void activate(Map<String, Double> weightOfAdapter) {
        ModelDraft draft = draft();
        draft.activate(weightOfAdapter);
        for (DraftTensor held : archive.weights(draft)) {
            try {
                new WeightWriter()
                        .write(
                                parameters.find(held.name()).orElseThrow().getArray(),
                                held.base().materialize());
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
        if (block instanceof ModifiedBlock modified) {
            modified.activate(weightOfAdapter);
        }
    }

    @Override
    public void close() {
        copy.close();
        file.ifPresent(EditedFile::close);
    }
}
