package io.graft.modifiers.lora.reading;

import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The factors of one update, and how they may lie over a weight. */
public record LowRank(AdapterUpdate update) {
    /** The module that it is of. */
    public String module() {
        return update.module();
    }

    /** The module as the adapter's file calls it, with the wrappers of PEFT in it. */
    public String path() {
        return update.path();
    }

    /** The module that the adapter's lists name: the same, or the one that it is a part of. */
    public String target() {
        return update.target();
    }

    public boolean isEmbedding() {
        return update.isEmbedding();
    }

    public AdapterTensor a() {
        return update.a();
    }

    public AdapterTensor b() {
        return update.b();
    }

    public Optional<AdapterTensor> bias() {
        return update.bias();
    }

    public Optional<AdapterTensor> magnitude() {
        return update.magnitude();
    }

    /** The ways in which the factors may lie over a weight of a shape; none if they do not fit it. */
    public List<Arrangement> arrangements(Shape weight) {
        return Arrays.stream(Arrangement.values())
                .filter(way -> way.fits(a().shape(), b().shape(), weight))
                .filter(way -> !isEmbedding() || way == Arrangement.TRANSPOSED)
                .toList();
    }

    /**
     * How often the update counts. PEFT adds that of the output projection inside PyTorch's attention twice, in training as in
     * merging, so that this is what the adapter has learnt.
     */
    public int times() {
        return module().equals(target()) ? 1 : 2;
    }

    /** The dtypes of everything that is added to the weight. */
    public Stream<DType> dtypes() {
        return update.dtypes();
    }
}
