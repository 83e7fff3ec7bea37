package io.graft.apply;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.Constraints;
import io.graft.config.Decoders;
import io.graft.config.Key;
import io.graft.config.ObjectBinding;
import io.graft.model.Selector;
import io.graft.model.SelectorDecoder;
import io.graft.model.ref.CheckpointRefDecoder;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code model} section of a configuration: which model is modified. */
sealed interface ModelSection {
    /** The section, for later problems. */
    ConfigCursor cursor();

    /**
     * A model that is a checkpoint and nothing else.
     *
     * @param buffers which of its tensors are buffers, beside those that the file tells of
     */
    record CheckpointModel(CheckpointRef checkpoint, List<Selector> buffers, ConfigCursor cursor)
            implements ModelSection {}

    /**
     * A native block.
     *
     * @param factory name of a class that implements DJL's block factory
     * @param arguments handed to it
     * @param inputShapes one shape for each input
     */
    record NativeBlock(String factory, Map<String, Object> arguments, List<Shape> inputShapes, ConfigCursor cursor)
            implements ModelSection {}

    static Bound<ModelSection> bind(ConfigCursor cursor) {
        ObjectBinding section = cursor.ownedBy("the section `model`")
                .object()
                .exactlyOneOf("checkpoint", "torchscript", "block-factory");
        Key<Optional<CheckpointRef>> checkpoint =
                section.key("checkpoint", new CheckpointRefDecoder()).optional();
        Key<Optional<List<Selector>>> buffers =
                section.key("buffers", of -> buffers(cursor, of)).optional();
        section.key("torchscript", ModelSection::refuseTorchScript).optional();
        Key<Optional<String>> factory = section.key("block-factory", Decoders.string())
                .check(Constraints.notBlank())
                .optional();
        Key<Optional<Map<String, Object>>> arguments =
                section.key("arguments", of -> arguments(cursor, of)).optional();
        Key<Optional<List<Shape>>> inputShapes =
                section.key("input-shapes", of -> inputShapes(cursor, of)).optional();
        return section.finish(() -> checkpoint
                .get()
                .<ModelSection>map(ref -> new CheckpointModel(ref, buffers.get().orElse(List.of()), cursor))
                .orElseGet(() -> new NativeBlock(
                        factory.get().orElseThrow(),
                        arguments.get().orElse(Map.of()),
                        inputShapes.get().orElse(List.of()),
                        cursor)));
    }

    private static Bound<CheckpointRef> refuseTorchScript(ConfigCursor cursor) {
        return new Bound.Failed<>(cursor.error(
                ProblemCode.CHECKPOINT_UNSUPPORTED,
                "this version of Graft does not modify TorchScript models",
                "give the model's state dict as `checkpoint`, or a native block as `block-factory`"));
    }

    private static Bound<List<Selector>> buffers(ConfigCursor section, ConfigCursor cursor) {
        if (section.at("checkpoint").isPresent()) {
            return Decoders.list(Decoders.scalar(new SelectorDecoder())).decode(cursor);
        }
        return new Bound.Failed<>(cursor.error(
                ProblemCode.EXCLUSIVE,
                "`buffers` has no effect without `checkpoint`",
                "remove it: a block knows its buffers"));
    }

    private static Bound<Map<String, Object>> arguments(ConfigCursor section, ConfigCursor cursor) {
        if (!cursor.isObject()) {
            return new Bound.Failed<>(cursor.error(
                    ProblemCode.WRONG_TYPE, "`arguments` must be an object", "write arguments { name = value }"));
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        cursor.keys().forEach(key -> arguments.put(key, cursor.at(key).unwrapped()));
        return onlyForBlocks(section, cursor, "arguments", arguments);
    }

    private static Bound<List<Shape>> inputShapes(ConfigCursor section, ConfigCursor cursor) {
        Bound<List<List<Long>>> lists =
                Decoders.list(Decoders.list(Decoders.int64())).decode(cursor);
        if (!(lists instanceof Bound.Ok<List<List<Long>>> ok)) {
            return lists.map(never -> List.of());
        }
        List<Problem> problems = new ArrayList<>(ok.problems());
        for (int i = 0; i < ok.value().size(); i++) {
            if (ok.value().get(i).stream().anyMatch(dimension -> dimension < 1)) {
                problems.add(cursor.elements()
                        .get(i)
                        .error(
                                ProblemCode.OUT_OF_RANGE,
                                "the shape " + ok.value().get(i) + " has a dimension below 1",
                                "give sizes of a real input, with the batch dimension: [[1, 3, 224, 224]]"));
            }
        }
        return problems.isEmpty()
                ? onlyForBlocks(
                        section,
                        cursor,
                        "input-shapes",
                        ok.value().stream().map(Shape::new).toList())
                : new Bound.Failed<>(problems);
    }

    private static <T> Bound<T> onlyForBlocks(ConfigCursor section, ConfigCursor cursor, String key, T value) {
        if (section.at("block-factory").isPresent()) {
            return new Bound.Ok<>(value);
        }
        return new Bound.Failed<>(cursor.error(
                ProblemCode.EXCLUSIVE,
                "`" + key + "` has no effect without `block-factory`",
                "remove it, or name the block's factory"));
    }
}
