package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Section;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.storage.TensorResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state dicts that were found in what a file holds, as sections of a checkpoint: the model's own is looked at, others when they are
 * asked for.
 *
 * @param state what was found
 * @param own the model's
 * @param others in the order found
 * @param warnings what is to be said of them
 */
public record FoundSections(ModelState state, Section own, List<Section> others, List<String> warnings) {
    /** Finds where the data of tensors lie. */
    @FunctionalInterface
    public interface Locating {
        /** The entries of tensors, by the same names. */
        Map<String, TensorEntry> locate(Map<String, NamedTensor> tensors) throws IOException;
    }

    /**
     * Finds the state dicts.
     *
     * @param root what the file holds
     * @throws CheckpointException if there is none
     */
    public static FoundSections of(PickleValue root, Locating locating, Refusals refusals) throws IOException {
        ModelState state = ModelState.find(root, refusals);
        List<String> warnings = new ArrayList<>(state.warnings());
        Section own = state.own().isPresent()
                ? Section.of(
                                state.own().get().name(),
                                locating.locate(state.own().get().tensors(warnings, refusals)))
                        .among(StateDict.objects(state.own().get().dict()))
                : Section.undecided(() -> state.refusal().orElseThrow());
        List<Section> others = state.others().stream()
                .map(other -> later(other, locating, refusals))
                .toList();
        return new FoundSections(state, own, others, warnings);
    }

    /**
     * The checkpoint.
     *
     * @param content what it is, if that is not told by what was found
     */
    public Checkpoint checkpoint(Path path, String format, Optional<String> content) {
        return new Checkpoint(
                        path,
                        format,
                        content.orElse(state.content()),
                        own,
                        others,
                        Collections.unmodifiableMap(state.metadata()),
                        warnings)
                .withAsides(state.asides());
    }

    private static Section later(ModelState.Found found, Locating locating, Refusals refusals) {
        List<NamedTensor> tensors = found.described();
        return Section.later(
                        found.name(),
                        tensors.size(),
                        tensors.stream()
                                .filter(NamedTensor.Plain.class::isInstance)
                                .mapToLong(tensor -> TensorResolver.bytes(((NamedTensor.Plain) tensor).tensor()))
                                .sum(),
                        () -> {
                            try {
                                return locating.locate(found.tensors(new ArrayList<>(), refusals));
                            } catch (IOException unreadable) {
                                throw new UncheckedIOException(unreadable);
                            }
                        })
                .among(StateDict.objects(found.dict()));
    }
}
