package io.graft.modifiers.lora.trained;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.WeightDigest;
import io.graft.model.DraftTensor;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.reading.AdapterReading;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.CastTensor;
import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Holds the weights that an adapter goes to against those that it was made for, as far as its file tells. Some values of each are read when
 * that is planned: only so can another base of the same shapes be noticed.
 */
public final class BaseComparison {
    private final AdapterReading reading;
    private final Findings findings;
    private final List<String> differing = new ArrayList<>();
    private int compared;

    public BaseComparison(AdapterReading reading, Findings findings) {
        this.reading = reading;
        this.findings = findings;
    }

    /**
     * Compares a weight; one that came in codes is not compared, as an adapter goes from numbers to codes and back.
     *
     * @param path what the adapter's file calls the module
     */
    public void compare(String path, DraftTensor weight) {
        Optional<WeightDigest> made = reading.adapter().base().of(path);
        if (made.isEmpty() || weight.cameStored() || !WeightDigest.isPossible(weight.base())) {
            return;
        }
        compared++;
        if (values(weight).noneMatch(value -> isThat(made.get(), value, weight))) {
            differing.add(weight.name());
        }
    }

    /** What the model has now, and had before other adapters were merged into it: several of one base are merged one after the other. */
    private static Stream<LazyTensor> values(DraftTensor weight) {
        Stream<LazyTensor> before = weight.base()
                .sources()
                .filter(source -> source.shape().equals(weight.shape()))
                .filter(WeightDigest::isPossible);
        return Stream.concat(before, Stream.of(CastTensor.to(weight.dtype(), weight.base())))
                .distinct();
    }

    private boolean isThat(WeightDigest made, LazyTensor value, DraftTensor weight) {
        try {
            return made.isOfSame(WeightDigest.of(value));
        } catch (IOException unreadable) {
            throw new CheckpointException(
                    Reason.UNREADABLE,
                    reading.source().location(),
                    "what it was made for cannot be compared with `" + weight.name() + "` of the model",
                    "check the model's files",
                    unreadable);
        }
    }

    /** Tells which weights differ. */
    public void tell() {
        if (!differing.isEmpty()) {
            findings.warn(
                    ProblemCode.BASE_MISMATCH,
                    "the adapter was made for another base: of the weights that it changes, " + differing.size()
                            + " of " + compared + " had other values there: " + FirstFew.names(differing),
                    "use it on the model that it was made for; if this one was changed on purpose, make sure that the adapter"
                            + " still does what it should");
        }
    }
}
