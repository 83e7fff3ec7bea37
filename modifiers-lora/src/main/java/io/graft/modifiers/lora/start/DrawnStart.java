package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.options.FactorInit;
import io.graft.tensor.Initializer;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.Optional;

/** Each element by itself: random, or zero, as PEFT draws it. */
final class DrawnStart implements Start {
    private static final Initializer LINEAR = Initializer.of(Initializer.Kind.LINEAR);
    private static final Initializer ZEROS = Initializer.of(Initializer.Kind.ZEROS);
    private static final Initializer NORMAL = new Initializer(Initializer.Kind.NORMAL, 1);

    private final FactorInit.Kind kind;

    DrawnStart(FactorInit.Kind kind) {
        this.kind = kind;
    }

    @Override
    public Optional<String> refusal(Site site) {
        return Optional.empty();
    }

    @Override
    public Pair factors(Site site) {
        return new Pair(drawn(forA(site), site, "lora_A", site.a()), drawn(forB(site), site, "lora_B", site.b()));
    }

    private Initializer forA(Site site) {
        if (site.isEmbedding()) {
            return kind == FactorInit.Kind.RANDOM ? NORMAL : ZEROS;
        }
        return kind == FactorInit.Kind.GAUSSIAN ? new Initializer(Initializer.Kind.NORMAL, 1.0 / site.rank()) : LINEAR;
    }

    private Initializer forB(Site site) {
        if (site.isEmbedding()) {
            return NORMAL;
        }
        return kind == FactorInit.Kind.RANDOM ? LINEAR : ZEROS;
    }

    private static LazyTensor drawn(Initializer initializer, Site site, String factor, Shape shape) {
        return initializer.tensor(site.seed(), site.name() + " " + factor, site.dtype(), shape, shape);
    }
}
