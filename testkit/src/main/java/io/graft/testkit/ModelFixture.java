package io.graft.testkit;

import io.graft.ModelModifier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A small model, put together tensor by tensor: to run a modifier on, or to save as the checkpoint that a modifier reads.
 *
 * <pre>{@code
 * ModelFixture.of("encoder.weight", DType.F32, Shape.of(2, 2), 1, 2, 3, 4)
 *         .linear("decoder", 2, 1, 0)
 *         .apply(new FreezingModelModifier(options))
 *         .freezes("encoder.weight");
 * }</pre>
 *
 * <p>Tensors of floating-point and complex numbers are trainable parameters, all others are buffers; {@link #buffers} says
 * otherwise. The methods that add to a fixture change it and return it.
 */
public final class ModelFixture {
    private final Map<String, FixtureTensor> tensors = new LinkedHashMap<>();
    private final Map<String, Set<String>> aliases = new LinkedHashMap<>();
    private final Set<String> buffers = new TreeSet<>();
    private final Set<String> frozen = new TreeSet<>();
    private final Set<String> implied = new TreeSet<>();
    private final List<ModuleSpec> modules = new ArrayList<>();
    private ModelConfiguration configuration = ModelConfiguration.NONE;

    private ModelFixture() {}

    /** A model without tensors. */
    public static ModelFixture empty() {
        return new ModelFixture();
    }

    /**
     * A model of one tensor.
     *
     * @param values row by row; one value stands for all elements
     */
    public static ModelFixture of(String name, DType dtype, Shape shape, double... values) {
        return empty().with(name, dtype, shape, values);
    }

    /**
     * The model whose tensors a checkpoint file holds; their data stay in the file. What the file tells of parameters, buffers and
     * frozen parameters counts, and so does a {@code config.json} beside it.
     */
    public static ModelFixture read(Path checkpoint) {
        ModelFixture model = empty();
        Checkpoint opened = Checkpoint.open(checkpoint);
        opened.tensors().values().forEach(model::add);
        model.configuration = opened.configuration();
        opened.impliedTie()
                .ifPresent(tie -> model.tie(tie.name(), tie.tensor()).implied.add(tie.name()));
        return model;
    }

    private void add(TensorEntry entry) {
        put(entry.name(), FixtureTensor.of(entry));
        if (entry.declared().filter(DeclaredKind.BUFFER::equals).isPresent()) {
            buffers.add(entry.name());
        } else if (entry.declared()
                .filter(DeclaredKind.FROZEN_PARAMETER::equals)
                .isPresent()) {
            frozen.add(entry.name());
        }
    }

    /** Adds a tensor of {@link DType#F32}. */
    public ModelFixture with(String name, Shape shape, double... values) {
        return with(name, DType.F32, shape, values);
    }

    /**
     * Adds a tensor.
     *
     * @param values row by row; one value stands for all elements
     */
    public ModelFixture with(String name, DType dtype, Shape shape, double... values) {
        return put(name, FixtureTensor.of(name, dtype, shape, values));
    }

    /** Adds weight {@code [out, in]} and bias {@code [out]} of a linear layer, all elements the one value. */
    public ModelFixture linear(String path, long in, long out, double value) {
        return with(path + ".weight", Shape.of(out, in), value).with(path + ".bias", Shape.of(out), value);
    }

    /** Adds weight and bias {@code [size]} of a norm, all elements the one value. */
    public ModelFixture norm(String path, long size, double value) {
        return with(path + ".weight", Shape.of(size), value).with(path + ".bias", Shape.of(size), value);
    }

    /** Adds another name for a tensor that is there. */
    public ModelFixture tie(String name, String to) {
        return put(name, existing(to).named(name));
    }

    /** Gives a tensor another spelling of its last segment, such as {@code gamma} for {@code weight}. */
    public ModelFixture alias(String name, String alias) {
        existing(name);
        aliases.computeIfAbsent(name, first -> new TreeSet<>()).add(alias);
        return this;
    }

    /** Makes tensors buffers. */
    public ModelFixture buffers(String... names) {
        for (String name : names) {
            existing(name);
            buffers.add(name);
        }
        return this;
    }

    /** Adds a module that the names of the tensors do not tell of, or whose layer's type matters. */
    public ModelFixture module(String path, String type) {
        modules.add(new ModuleSpec(path, type, Set.of()));
        return this;
    }

    /** Says what the model's {@code config.json} has, as {@link io.graft.ModifierContext#configuration} gives it. */
    public ModelFixture configuration(Map<String, Object> values) {
        configuration = new ModelConfiguration(Optional.empty(), "", Map.copyOf(values), "");
        return this;
    }

    /** A new draft of the model. */
    public ModelDraft draft() {
        List<DraftTensor> draft = new ArrayList<>();
        tensors.forEach((name, tensor) -> {
            TensorKind kind = kind(name, tensor.dtype());
            DraftTensor initial = DraftTensor.initial(
                    name,
                    aliases.getOrDefault(name, Set.of()),
                    kind,
                    kind == TensorKind.PARAMETER && !frozen.contains(name),
                    tensor);
            draft.add(implied.contains(name) ? initial.implied() : initial);
        });
        return new ModelDraft(modules, draft);
    }

    /** The elements of a tensor, row by row. */
    public List<Double> values(String name) {
        return TensorValues.decode(existing(name));
    }

    /** Runs a modifier on a new draft of the model. What the modifier throws is thrown. */
    public ModifierRun apply(ModelModifier modifier) {
        return ModifierRun.of(draft(), configuration, modifier);
    }

    /** Writes {@code stem.safetensors} into a folder, and returns its path. */
    public Path save(Path folder, String stem) {
        List<OutputTensor> outputs = tensors.entrySet().stream()
                .map(tensor -> new OutputTensor(
                        tensor.getKey(),
                        tensor.getValue().dtype(),
                        tensor.getValue().shape(),
                        tensor.getValue()::materialize))
                .toList();
        try {
            return new SafetensorsWriter(folder, stem, SafetensorsWriter.UNLIMITED, Map.of())
                    .write(outputs)
                    .get(0)
                    .path();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private ModelFixture put(String name, FixtureTensor tensor) {
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new IllegalArgumentException("the model already has a tensor named `" + name + "`");
        }
        return this;
    }

    private FixtureTensor existing(String name) {
        FixtureTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("the model has no tensor named `" + name + "`");
        }
        return tensor;
    }

    private TensorKind kind(String name, DType dtype) {
        boolean differentiable = dtype.isFloatingPoint() || dtype.isComplex();
        return buffers.contains(name) || !differentiable ? TensorKind.BUFFER : TensorKind.PARAMETER;
    }
}
